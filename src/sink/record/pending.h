/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks that wait for the packets before them: the source of events is ahead of that of packets,
 * as packets wait for the events that tell their owners.
 */
#ifndef SKW_SINK_RECORD_PENDING_H
#define SKW_SINK_RECORD_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

struct skw_pending_block {
	uint64_t ts_ns;      /* real time */
	uint64_t connection; /* a skw_connection_hash() */
	uint32_t type;       /* the caller's */
	uint32_t len;
};

struct skw_pending {
	struct skw_buf all; /* owned */
	size_t done;        /* bytes of it that are no longer needed */
	uint64_t first_ns;  /* of the first block, if there is one */
};

void skw_pending_free(struct skw_pending *p); /* not `p` itself */

/*
 * Appends a block, whose bytes are copied. They come in the order of time. Returns false if there
 * is no room or no memory.
 */
bool skw_pending_put(struct skw_pending *p, const struct skw_pending_block *block,
		     const void *bytes);

/*
 * The first block, with its bytes, if it is not younger than until_ns; or NULL. It is valid until
 * skw_pending_drop(), which takes it out, or the next put.
 */
const uint8_t *skw_pending_first(struct skw_pending *p, uint64_t until_ns,
				 struct skw_pending_block *block);

/* Whether there is one. It costs little, so it can be asked for each packet. */
static inline bool skw_pending_has(const struct skw_pending *p, uint64_t until_ns)
{
	return p->done < p->all.len && p->first_ns <= until_ns;
}

void skw_pending_drop(struct skw_pending *p);

#endif
