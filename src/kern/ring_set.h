/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring buffers of a BPF program, read as one stream (kern/ring.h). There is one ring per CPU,
 * up to a limit. A CPU's ring is in the program's ARRAY_OF_MAPS at the CPU's number modulo the
 * number of rings.
 */
#ifndef SKW_KERN_RING_SET_H
#define SKW_KERN_RING_SET_H

#include <stdint.h>

#include "kern/ring.h"
#include "util/error.h"

struct skw_ring_set {
	struct skw_rings *reader; /* owned; NULL before skw_ring_set_make() */
	int *fds;                 /* `len` descriptors, owned; -1 when they are closed */
	unsigned len;
	uint64_t bytes; /* size of each ring: a power of two, whole pages */
};

/*
 * Decides the number of rings (`len`; 0: as many as CPUs, 16 at most) and their size: `total_bytes`
 * together, rounded down, but at least a page each. This is apart from making the rings, because
 * the program must know their number before it is loaded.
 */
void skw_ring_set_plan(struct skw_ring_set *set, unsigned len, uint64_t total_bytes);

/*
 * Makes the rings and puts them into `array_fd`, an ARRAY_OF_MAPS with set->len entries. Returns 0
 * or -errno. The error's text ends with `less`, which tells the user what to do about it.
 */
int skw_ring_set_make(struct skw_ring_set *set, int array_fd, const char *less,
		      struct skw_error *err);

/* Closes the descriptors. The reader needs only the rings' memory. */
void skw_ring_set_close_fds(struct skw_ring_set *set);

void skw_ring_set_free(struct skw_ring_set *set);

#endif
