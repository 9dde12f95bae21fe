/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes comparisons from words: which field, which value. Internal to conn/expr.c. */
#ifndef SKW_EXPR_EXPR_OPERAND_H
#define SKW_EXPR_EXPR_OPERAND_H

#include "expr/expr_compare.h"

/* Fields that are either side's; ends with a NULL name. */
struct skw_expr_either {
	const char *name;
	uint8_t field, other;
	const char *help;
};
extern const struct skw_expr_either skw_expr_eithers[];

/* What fields of this kind are compared with: "time", "text"; NULL: with nothing. */
const char *skw_expr_unit(uint8_t kind);

/*
 * Sets the field of a test: names, aliases, and those that are either side's. 0, or -EINVAL
 * with the error written: there is none, or one that is not compared.
 */
int skw_expr_operand_field(const struct skw_lexer *lex, const struct skw_token *name,
			   struct skw_expr_test *test);

/*
 * Sets all else. `value` is what the operand says (skw_token_text) and is lent to the test.
 * 0 or -EINVAL with the error written.
 */
int skw_expr_operand_value(const struct skw_lexer *lex, const struct skw_token *name,
			   const struct skw_token *op, const struct skw_token *operand,
			   const char *value, struct skw_expr_test *test);

#endif
