/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of a stream that were not captured, although later ones were: they are lost, or late. A
 * few are kept; if there are more, the two lowest become one, with all that lies between them.
 */
#ifndef SKW_FLOW_GAPS_H
#define SKW_FLOW_GAPS_H

#include <stddef.h>
#include <stdint.h>

#define SKW_GAPS_KEPT 16

struct skw_gap {
	uint64_t noticed_ns; /* when the first segment behind it came */
	uint32_t from, to;   /* sequence numbers */
};

/* A zeroed struct has none. */
struct skw_gaps {
	struct skw_gap *list; /* owned; in the order of the stream */
	uint8_t len;
};

void skw_gaps_free(struct skw_gaps *g);
/* The bytes of memory that it owns. */
size_t skw_gaps_memory(const struct skw_gaps *g);

/* Adds a gap behind all others. 0 or -ENOMEM. */
int skw_gaps_add(struct skw_gaps *g, uint32_t from, uint32_t to, uint64_t noticed_ns);

/* The gap that holds this whole range; NULL: there is none. Borrowed. */
const struct skw_gap *skw_gaps_find(const struct skw_gaps *g, uint32_t from, uint32_t to);

/* The range is a part of no gap any more. */
void skw_gaps_fill(struct skw_gaps *g, uint32_t from, uint32_t to);
/* The same for all that comes before this number. */
void skw_gaps_fill_before(struct skw_gaps *g, uint32_t to);

#endif
