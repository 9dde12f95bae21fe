/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One sink that hands everything to several, in their order, counts packets and ends the session
 * at a limit. Only the first sink that takes packets may take fewer than it is offered; the others
 * get what that took.
 */
#ifndef SKW_SINK_TEE_H
#define SKW_SINK_TEE_H

#include "loop/sink.h"

#define SKW_TEE_MAX 4

struct skw_tee {
	struct skw_sink sinks[SKW_TEE_MAX]; /* lent */
	size_t len;
	/* After so many packets it is enough; 0: never. */
	uint64_t limit;
	/* Taken so far. */
	uint64_t packets;
	struct skw_loop *loop; /* lent; set by `open` */
};

void skw_tee_add(struct skw_tee *tee, struct skw_sink sink);
struct skw_sink skw_tee_sink(struct skw_tee *tee);

#endif
