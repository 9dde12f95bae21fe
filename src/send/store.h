/* SPDX-License-Identifier: BSD-2-Clause */
/* The place of lines that wait: memory, or a file that outlives this process. */
#ifndef SKW_SEND_STORE_H
#define SKW_SEND_STORE_H

#include "post/plan.h"
#include "post/ring.h"
#include "util/error.h"

struct skw_send_store {
	int fd;         /* owned, and locked; -1: none */
	uint8_t *bytes; /* owned; NULL: none */
	uint64_t size;
	/* Of the file: it was there with other records than could be read. */
	bool damaged;
};

/*
 * Opens the place and the ring in it; the privileges are still there. `what` is a part of the
 * file's name. Returns 0, or -errno with err filled. The caller frees both in any case.
 */
int skw_send_store_open(struct skw_send_store *s, const struct skw_post_plan *plan,
			const char *what, struct skw_post_ring *ring, struct skw_error *err);
void skw_send_store_close(struct skw_send_store *s);

#endif
