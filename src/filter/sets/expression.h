/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The structure of a filter expression, after libpcap's grammar.y: `and` and `or` bind alike and
 * from the left, and the qualifiers of an address hold for the ones after it.
 *
 * A term that is no address, network or port is kept as it is. An
 * expression whose structure is in doubt is refused.
 */
#ifndef SKW_FILTER_SETS_EXPRESSION_H
#define SKW_FILTER_SETS_EXPRESSION_H

#include "filter/sets/head.h"

enum skw_sets_kind {
	SKW_SETS_OPAQUE, /* any term, with its own words */
	SKW_SETS_GROUP,  /* a parenthesis */
	SKW_SETS_NAME,   /* a term with known qualifiers and a value that is not a number */
	SKW_SETS_VALUE,  /* a term with known qualifiers and a value */
};

struct skw_sets_term {
	struct skw_sets_term *next;  /* in the same parenthesis */
	struct skw_sets_term *first; /* of the terms in a parenthesis */
	enum skw_sets_kind kind;
	bool joined_by_or;         /* with the terms before it; otherwise by `and` */
	bool dropped;              /* another term tests this value */
	unsigned nots;             /* before it */
	struct skw_sets_head head; /* not of opaque terms */
	const char *text;          /* in the expression, without the qualifiers */
	size_t len;
	struct skw_sets_value value;
	struct skw_sets_list *list; /* this term tests the list; NULL: none */
};

struct skw_sets_expression {
	struct skw_sets_term *terms; /* owned, in the order of the text */
	struct skw_sets_term *first;
};

/*
 * Needs `expr` as long as the result. Parentheses that have no meaning are taken away. Returns 0,
 * -EINVAL if the expression is not understood, or -ENOMEM. The caller frees out->terms.
 */
int skw_sets_expression_read(const char *expr, struct skw_sets_expression *out);

#endif
