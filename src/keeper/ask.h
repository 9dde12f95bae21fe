/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the keeper for an answer of a known length, and for a descriptor. */
#ifndef SKW_KEEPER_ASK_H
#define SKW_KEEPER_ASK_H

#include <stddef.h>

#include "keeper/keeper.h"
#include "util/error.h"

struct skw_keeper_question {
	size_t verb;
	const void *request;
	size_t len;
	/* Error messages start with this name. */
	const char *what;
};

/*
 * `reply` takes the reply_len bytes of the answer; NULL if there are none. If a descriptor comes
 * with them, *fd is set to it and the caller owns it; otherwise *fd is -1. A NULL `fd` expects
 * none. Returns 0, or -errno with err filled. If the keeper gave a reason, err has it.
 */
int skw_keeper_ask(struct skw_keeper *k, const struct skw_keeper_question *question, void *reply,
		   size_t reply_len, int *fd, struct skw_error *err);

/*
 * The same where a descriptor must come. Returns a descriptor that the caller owns, or -errno.
 */
int skw_keeper_ask_fd(struct skw_keeper *k, const struct skw_keeper_question *question, void *reply,
		      size_t reply_len, struct skw_error *err);

/* The same with up to *n descriptors. *n becomes their number, and the caller owns them. */
int skw_keeper_ask_fds(struct skw_keeper *k, const struct skw_keeper_question *question,
		       void *reply, size_t reply_len, int *fds, size_t *n, struct skw_error *err);

/*
 * Asks for a descriptor where the reason for a failure is told elsewhere. Returns a descriptor that
 * the caller owns, or -errno.
 */
int skw_keeper_call_fd(struct skw_keeper *k, size_t verb, const void *request, size_t len);

#endif
