/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes comparisons from words: finds the field and reads the value. Internal to this room. */
#ifndef SKW_EXPR_EXPR_OPERAND_H
#define SKW_EXPR_EXPR_OPERAND_H

#include "expr/expr_compare.h"

/* Names that stand for a field of either side. The table ends with a NULL name. */
struct skw_expr_either {
	const char *name;
	uint8_t field, other;
	const char *help;
};
extern const struct skw_expr_either skw_expr_eithers[];

/*
 * The name of the unit that fields of this kind are compared in: "time", "text". NULL if they can't
 * be compared.
 */
const char *skw_expr_unit(uint8_t kind);

/*
 * Sets the field of a test from a name, an alias, or a name that stands for either side. 0, or
 * -EINVAL with the error set if there is no such field or it can't be compared.
 */
int skw_expr_operand_field(const struct skw_lexer *lex, const struct skw_token *name,
			   struct skw_expr_test *test);

/*
 * Sets the rest of the test. `value` is the text of the operand (skw_token_text()); the test keeps
 * the pointer. 0, or -EINVAL with the error set.
 */
int skw_expr_operand_value(const struct skw_lexer *lex, const struct skw_token *name,
			   const struct skw_token *op, const struct skw_token *operand,
			   const char *value, struct skw_expr_test *test);

#endif
