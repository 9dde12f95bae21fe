/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes comparisons from words: finds the field and reads the value. Internal to this room. */
#ifndef SKW_EXPR_EXPR_OPERAND_H
#define SKW_EXPR_EXPR_OPERAND_H

#include "expr/expr_value.h"

/*
 * The name of the unit that fields of this kind are compared in: "time", "text". NULL if they can't
 * be compared.
 */
const char *skw_expr_unit(uint8_t kind);

/*
 * Sets the field of a test from a name, an alias, or a name that stands for either side. 0, or
 * -EINVAL with the error set if there is no such field or it can't be compared.
 */
int skw_expr_operand_field(const struct skw_lexer *lex, const struct skw_expr_subject *subject,
			   const struct skw_token *name, struct skw_expr_test *test);

/* Whether the field of the test has numbers, so that it may be compared with another field. */
bool skw_expr_operand_is_number(const struct skw_expr_subject *subject,
				const struct skw_expr_test *test);

/*
 * The operator that is meant if there is none, as in ss's "dst 10.0.0.1" and "state established".
 * SKW_OPERATORS if the field needs one.
 */
uint8_t skw_expr_operand_usual(const struct skw_expr_subject *subject,
			       const struct skw_expr_test *test);

/*
 * Sets the rest of the test, which keeps the pointer to o->value. 0, -ENOMEM, or -EINVAL with the
 * error set.
 */
int skw_expr_operand_value(const struct skw_expr_operand *o, const struct skw_token *op,
			   struct skw_expr_test *test);

#endif
