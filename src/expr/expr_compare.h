/* SPDX-License-Identifier: BSD-2-Clause */
/* A comparison of an expression. Internal to this room. */
#ifndef SKW_EXPR_EXPR_COMPARE_H
#define SKW_EXPR_EXPR_COMPARE_H

#include "expr/expr_addr.h"
#include "expr/expr_lex.h"
#include "expr/expr_regex.h"
#include "row/field.h"

/* Factors are counted in millionths. */
#define SKW_EXPR_FACTOR 1000000ULL

struct skw_expr_test {
	uint8_t field; /* enum skw_field */
	uint8_t other; /* a second field, as for `port`, or SKW_FIELDS if there is none */
	/* The field that it is compared with, times `number` millionths. SKW_FIELDS: a value. */
	uint8_t against;
	uint8_t op; /* enum skw_compare, but none of NE, UNLIKE, UNMATCH, which set `negate` */
	bool negate;
	bool percent;                   /* number is in millionths of a percent of segs_out */
	bool fraction;                  /* the operand is slightly greater than number */
	struct skw_expr_regex *pattern; /* owned; NULL if the text is no pattern */
	union {
		uint64_t number;
		uint32_t values;  /* a bit for each value of the field */
		const char *text; /* borrowed */
		struct skw_expr_addr addr;
	};
};

/* Returns false also if the value is not known. */
bool skw_expr_test_matches(const struct skw_expr_test *test, const struct skw_row *row);

#endif
