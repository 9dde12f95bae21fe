/* SPDX-License-Identifier: BSD-2-Clause */
/* A comparison of an expression. Internal to this room. */
#ifndef SKW_EXPR_EXPR_COMPARE_H
#define SKW_EXPR_EXPR_COMPARE_H

#include "expr/expr_lex.h"
#include "expr/expr_regex.h"
#include "expr/expr_subject.h"

/* Factors are counted in millionths. */
#define SKW_EXPR_FACTOR 1000000ULL

struct skw_expr_test {
	uint8_t field; /* of the subject, as are `other` and `against` */
	uint8_t other; /* a second field, as for `port`, or SKW_EXPR_NO_FIELD */
	/*
	 * The field that it is compared with, times `number` millionths. SKW_EXPR_NO_FIELD: a
	 * value.
	 */
	uint8_t against;
	uint8_t op; /* enum skw_compare, but none of NE, UNLIKE, UNMATCH, which set `negate` */
	bool negate;
	bool percent;                   /* number is in millionths of a percent of the whole */
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
bool skw_expr_test_matches(const struct skw_expr_subject *subject, const struct skw_expr_test *test,
			   const void *record);

#endif
