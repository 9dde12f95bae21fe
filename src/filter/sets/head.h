/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The qualifiers before an address or a port ("tcp src port"), and the words that begin a term,
 * after libpcap's grammar.y.
 */
#ifndef SKW_FILTER_SETS_HEAD_H
#define SKW_FILTER_SETS_HEAD_H

#include "filter/sets/token.h"
#include "filter/sets/value.h"

enum skw_sets_type { SKW_SETS_HOST, SKW_SETS_NET, SKW_SETS_PORTS };

struct skw_sets_head {
	/* False: these are qualifiers that are not known here, so an id after them means anything.
	 */
	bool known;
	enum skw_sets_type type;
	unsigned protocol;  /* a number for each word; 0: none */
	unsigned direction; /* likewise; "dst or src" has the number of none */
	const char *text;   /* in the expression */
	size_t len;
};

/*
 * Reads qualifiers of hosts, networks and ports. Returns the number of their tokens, or 0 if there
 * are none, or others.
 */
size_t skw_sets_head_read(const struct skw_sets_token *t, struct skw_sets_head *out);

/*
 * Whether terms with these qualifiers can be tested all at once: if a value of a list is found at
 * one place or at another, that is enough.
 */
bool skw_sets_head_fits(const struct skw_sets_head *h, enum skw_sets_family family);

/* Whether the word is a whole term by itself, as `tcp` is, in any version of libpcap. */
bool skw_sets_head_is_term(const struct skw_sets_token *t);

/* Whether these tokens are "src or dst" or the like, so that the `or` joins no terms. */
bool skw_sets_head_is_both(const struct skw_sets_token *t);

#endif
