/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sink that passes everything to several sinks in their order, counts packets and ends the
 * session at a limit. Only the first sink may take fewer packets than it is offered. The other
 * sinks are offered the packets that the first sink took, and must take them all.
 */
#ifndef SKW_SINK_TEE_H
#define SKW_SINK_TEE_H

#include "loop/sink.h"

#define SKW_TEE_MAX 4

struct skw_tee {
	struct skw_sink sinks[SKW_TEE_MAX]; /* borrowed */
	size_t len;
	/*
	 * Completes packets before they go on: it returns copies of the first ones, and makes *n
	 * their number, at least 1. NULL: they go on as they are.
	 */
	const struct skw_packet *(*complete)(void *ctx, const struct skw_packet *run, size_t *n);
	void *complete_ctx;
	/* The session ends after this number of packets; 0: no limit. */
	uint64_t limit;
	/* The number of packets so far. */
	uint64_t packets;
	struct skw_loop *loop; /* borrowed; `open` sets it */
};

void skw_tee_add(struct skw_tee *tee, struct skw_sink sink);
struct skw_sink skw_tee_sink(struct skw_tee *tee);

#endif
