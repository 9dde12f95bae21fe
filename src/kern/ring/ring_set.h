/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring buffers of a BPF program, read as one stream (kern/ring/ring.h). There is one ring per
 * CPU, up to a limit. A CPU's ring is in the program's ARRAY_OF_MAPS at the CPU's number modulo the
 * number of rings.
 *
 * To make large rings takes tens of milliseconds each, as their memory is cleared. So a program can
 * begin with small ones. It goes on to use them, and puts into the large ones what they have no
 * room for (bpf/spill.bpf.h). A program uses a ring from the moment at which it is in its place,
 * but the kernel returns from that call only milliseconds later.
 */
#ifndef SKW_KERN_RING_RING_SET_H
#define SKW_KERN_RING_RING_SET_H

#include <stdint.h>

#include "kern/ring/ring.h"
#include "util/error.h"

struct skw_ring_set {
	struct skw_rings *reader; /* owned; NULL before skw_ring_set_make() */
	/* `fds_len` descriptors, owned; -1 when they are closed. The small rings come first. */
	int *fds;
	unsigned fds_len;
	unsigned len;         /* the number of rings of either size */
	uint64_t bytes;       /* size of each ring: a power of two, whole pages */
	bool may_shrink;      /* the size is the default one */
	uint64_t usual;       /* the size where memory is not short */
	uint64_t small_bytes; /* size of each small ring; 0: there are none */
};

/*
 * Decides the number of rings (`len`; 0: as many as CPUs, 16 at most) and their size: `total_bytes`
 * together, rounded down, but at least a page each. With 0 they are `default_bytes` together, or
 * less where memory is short. Small rings come in addition. This is apart from making the rings,
 * because the program must know their number before it is loaded.
 */
void skw_ring_set_plan(struct skw_ring_set *set, unsigned len, uint64_t total_bytes,
		       uint64_t default_bytes);

/*
 * Makes small rings and puts them into `array_fd`, an ARRAY_OF_MAPS with room for both sizes. If
 * the rings are small anyway or memory is short, makes the rings instead. Returns 0 or -errno with
 * err filled.
 */
int skw_ring_set_begin(struct skw_ring_set *set, int array_fd, struct skw_error *err);

/*
 * Makes the rings, puts them into `array_fd`, behind the small ones if there are any, and opens
 * the reader of all. If the size is the default one and memory is short, they become smaller than
 * planned, which is told. Returns 0 or -errno with err filled.
 */
int skw_ring_set_make(struct skw_ring_set *set, int array_fd, struct skw_error *err);

/* Closes the descriptors. The reader needs only the rings' memory. */
void skw_ring_set_close_fds(struct skw_ring_set *set);

void skw_ring_set_free(struct skw_ring_set *set);

#endif
