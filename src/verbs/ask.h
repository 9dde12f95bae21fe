/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the keeper for a descriptor. */
#ifndef SKW_VERBS_ASK_H
#define SKW_VERBS_ASK_H

#include <stddef.h>

#include "keeper/keeper.h"
#include "util/error.h"

struct skw_verbs_question {
	size_t verb;
	const void *request;
	size_t len;
	/* Error messages start with this name. */
	const char *what;
};

/*
 * Returns a descriptor that the caller owns, or -errno with err filled. If the keeper gave a
 * reason, err has it. `reply` takes the reply_len bytes that come with the descriptor; NULL if
 * there are none.
 */
int skw_verbs_ask_fd(struct skw_keeper *k, const struct skw_verbs_question *question, void *reply,
		     size_t reply_len, struct skw_error *err);

#endif
