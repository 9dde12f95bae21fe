/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring buffers of a BPF program: one for each CPU, as far as that is reasonable, in its
 * ARRAY_OF_MAPS by CPU number modulo their number, read as one stream (kern/ring.h).
 */
#ifndef SKW_KERN_RING_SET_H
#define SKW_KERN_RING_SET_H

#include <stdint.h>

#include "kern/ring.h"
#include "util/error.h"

struct skw_ring_set {
	struct skw_rings *reader; /* owned; NULL until made */
	int *fds;                 /* owned, len of them */
	unsigned len;
	uint64_t bytes; /* of each: a power of two of whole pages */
};

/*
 * How many (0: min(CPUs, 16)) and how large: total_bytes together, rounded down but a page each
 * at least. The program needs to know before it is loaded; so nothing is made yet.
 */
void skw_ring_set_plan(struct skw_ring_set *set, unsigned len, uint64_t total_bytes);

/*
 * Makes what was planned and puts it into array_fd, an ARRAY_OF_MAPS of set->len entries. 0 or
 * -errno; `less` says in the error what to do when memory is short.
 */
int skw_ring_set_make(struct skw_ring_set *set, int array_fd, const char *less,
		      struct skw_error *err);

void skw_ring_set_free(struct skw_ring_set *set);

#endif
