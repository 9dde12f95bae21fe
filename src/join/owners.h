/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the socket of each packet in the table of connections, and with it the owner. A wrong owner
 * is worse than none, so a packet whose socket is not certain has none.
 */
#ifndef SKW_JOIN_OWNERS_H
#define SKW_JOIN_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"

struct skw_row;
struct skw_table;
struct skw_join_owners;

struct skw_join_owners_options {
	/* The connections, or NULL as long as they are not known. */
	const struct skw_table *(*table)(void *ctx);
	/* The network namespace that the packets come from: its inode number. */
	uint32_t (*netns)(void *ctx);
	/* Whether it is an address of this namespace; `addr` as in a tuple. */
	bool (*is_local)(void *ctx, const uint8_t addr[16], uint8_t family);
	/* Whether events tell the sockets without a connection (WIRE). NULL: they do not. */
	bool (*are_told)(void *ctx);
	/*
	 * Whether packets of a row are wanted. A packet is if a row at one of its ends is. NULL:
	 * all are. `generation` gives a number that is larger when an answer has changed.
	 */
	bool (*is_wanted)(void *ctx, const struct skw_row *row);
	uint64_t (*generation)(void *ctx);
	bool no_owners; /* it is only about what is wanted */
	void *ctx;
};

/* Returns NULL if memory is short. The caller frees it. */
struct skw_join_owners *skw_join_owners_new(const struct skw_join_owners_options *opt);
void skw_join_owners_free(struct skw_join_owners *j); /* NULL is allowed */

/*
 * Copies the first packets of a run of *n, and gives them their owners. *n becomes the number of
 * copies, at least 1. They and their owners are valid until the next call. NULL: these packets are
 * not wanted.
 */
const struct skw_packet *skw_join_owners_run(struct skw_join_owners *j,
					     const struct skw_packet *run, size_t *n);

#endif
