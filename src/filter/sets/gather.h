/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds long lists of addresses, networks and ports in a filter expression, of which one test in a
 * set can take the place, and writes the expression with a stand-in for each list.
 */
#ifndef SKW_FILTER_SETS_GATHER_H
#define SKW_FILTER_SETS_GATHER_H

#include "filter/sets/expression.h"

/* Shorter lists are left to libpcap, which compares one value after the other. */
#define SKW_SETS_MIN 17

/* There are two stand-ins for each list: where programs made with them differ, the list is asked.
 */
#define SKW_SETS_STAND_INS 2

/* Values that are tested in the same way. */
struct skw_sets_list {
	struct skw_sets_list *next;
	const struct skw_sets_term *first;
	size_t number;       /* for the caller */
	size_t count;        /* of terms, and then of keys */
	struct skw_buf keys; /* SKW_SETS_WORDS words each */
	struct skw_sets_value stand_ins[SKW_SETS_STAND_INS];
};

struct skw_sets {
	struct skw_sets_expression expression;
	struct skw_sets_list *lists; /* owned */
	size_t values;               /* in all lists together */
};

/*
 * Reads an expression, which must live as long as the result. Returns 0, -ENOENT if there is no
 * long list, or the expression is not understood, or -ENOMEM. The caller frees *out.
 */
int skw_sets_gather(const char *expr, struct skw_sets *out);
void skw_sets_free(struct skw_sets *sets);

/*
 * Appends the expression with the stand-ins of number `which`, or, with SKW_SETS_STAND_INS, with
 * the first value of each list, and a NUL.
 */
void skw_sets_write(const struct skw_sets *sets, unsigned which, struct skw_buf *out);

#endif
