/* SPDX-License-Identifier: BSD-2-Clause */
/* How a worker asks the keeper for a descriptor. */
#ifndef SKW_VERBS_ASK_H
#define SKW_VERBS_ASK_H

#include <stddef.h>

#include "keeper/keeper.h"
#include "util/error.h"

struct skw_verbs_question {
	size_t verb;
	const void *request;
	size_t len;
	/* Named in an error. */
	const char *what;
};

/*
 * A descriptor that the caller owns, or -errno with err filled: by the keeper where it told why.
 * `reply` takes the reply_len bytes that come with the descriptor; NULL where none do.
 */
int skw_verbs_ask_fd(struct skw_keeper *k, const struct skw_verbs_question *question, void *reply,
		     size_t reply_len, struct skw_error *err);

#endif
