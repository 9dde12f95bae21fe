/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the numbers of comparisons, with their units. Internal to this room. */
#ifndef SKW_EXPR_EXPR_VALUE_H
#define SKW_EXPR_EXPR_VALUE_H

#include "expr/expr.h"
#include "expr/expr_compare.h"

/* The values that the functions that read an operand need, also for their errors. */
struct skw_expr_operand {
	const struct skw_lexer *lex;
	const struct skw_token *name, *token;
	const char *value; /* the text of the operand, which outlives the test */
	const struct skw_expr_subject *subject;
	const struct skw_field_info *info;  /* of the test's field */
	const struct skw_expr_names *names; /* may be NULL */
};

/* Each sets the test from the operand. 0, or -EINVAL with the error set. */
int skw_expr_value_count(const struct skw_expr_operand *o, struct skw_expr_test *test);
int skw_expr_value_bytes(const struct skw_expr_operand *o, struct skw_expr_test *test);
int skw_expr_value_bps(const struct skw_expr_operand *o, struct skw_expr_test *test);
int skw_expr_value_time(const struct skw_expr_operand *o, struct skw_expr_test *test);
int skw_expr_value_bool(const struct skw_expr_operand *o, struct skw_expr_test *test);

/*
 * Reads FIELD, FACTOR * FIELD or FIELD * FACTOR. 1 if the operand is one of these, 0 if it is a
 * value, or -EINVAL with the error set.
 */
int skw_expr_value_field(const struct skw_expr_operand *o, struct skw_expr_test *test);

#endif
