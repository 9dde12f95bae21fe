/* SPDX-License-Identifier: BSD-2-Clause */
/* One comparison of an expression. Internal to conn/expr.c. */
#ifndef SKW_EXPR_EXPR_COMPARE_H
#define SKW_EXPR_EXPR_COMPARE_H

#include "expr/expr_addr.h"
#include "expr/expr_lex.h"
#include "row/field.h"

struct skw_expr_test {
	uint8_t field; /* enum skw_field */
	uint8_t other; /* ... or this one, as for `port`; SKW_FIELDS: none */
	uint8_t op;    /* enum skw_compare, never NE or UNLIKE: */
	bool negate;
	bool percent;  /* number is millionths of a percent of segs_out */
	bool fraction; /* the operand is a little more than number */
	union {
		uint64_t number;
		uint32_t values;  /* a bit for each of the field's values */
		const char *text; /* lent */
		struct skw_expr_addr addr;
	};
};

/* False as well where the row does not know. */
bool skw_expr_test_matches(const struct skw_expr_test *test, const struct skw_row *row);

#endif
