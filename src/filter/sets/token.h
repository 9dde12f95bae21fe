/* SPDX-License-Identifier: BSD-2-Clause */
/* The words and signs of a filter expression, after libpcap's scanner.l. */
#ifndef SKW_FILTER_SETS_TOKEN_H
#define SKW_FILTER_SETS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum skw_sets_token_kind {
	SKW_SETS_END,
	SKW_SETS_OPEN,
	SKW_SETS_CLOSE,
	SKW_SETS_AND,
	SKW_SETS_OR,
	SKW_SETS_NOT,
	SKW_SETS_WORD,
	SKW_SETS_OTHER, /* a sign of arithmetic */
};

struct skw_sets_token {
	enum skw_sets_token_kind kind;
	const char *text; /* in the expression */
	size_t len;
	/* For a parenthesis: the distance to the other one of its pair. */
	size_t pair;
};

/*
 * The last token is SKW_SETS_END. Returns their number without it, -EINVAL if a parenthesis lacks
 * its pair or there is a character that expressions do not have, or -ENOMEM. The caller frees *out.
 */
ptrdiff_t skw_sets_scan(const char *expr, struct skw_sets_token **out);

bool skw_sets_token_is(const struct skw_sets_token *t, const char *word);

#endif
