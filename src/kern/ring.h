/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading several BPF ring buffers in place, as one stream in the order of
 * time. The memory layout is the kernel's (kernel/bpf/ringbuf.c): a consumer
 * page, a producer page, and the data mapped twice in a row.
 *
 * The rule for the order: producers read their clock after they reserve. So
 * once the reader has read clock T and then the producer positions, each record
 * older than T is in sight, finished or still busy. Records older than T that
 * no busy record could precede are lent out; the rest waits for the next round.
 */
#ifndef SKW_KERN_RING_H
#define SKW_KERN_RING_H

#include <stddef.h>
#include <stdint.h>

struct skw_rings;

/*
 * Records must begin with their 64-bit CLOCK_MONOTONIC time. `fds` are ring
 * buffer maps of `bytes` each (power of two, whole pages); they stay the
 * caller's and may be closed afterwards. Returns 0 or -errno.
 */
int skw_rings_open(const int *fds, size_t n, size_t bytes, struct skw_rings **out);
void skw_rings_close(struct skw_rings *r); /* NULL allowed */

/*
 * Looks at what has arrived. `now_ns` is CLOCK_MONOTONIC read just before the
 * call; UINT64_MAX says that no producer is left and lends out everything.
 * Returns 0 or -ENOMEM.
 */
int skw_rings_look(struct skw_rings *r, uint64_t now_ns);

/*
 * The next record in time order, or NULL when there is none to be had before
 * the next look. Valid until the next call of any of these functions.
 */
const void *skw_rings_next(struct skw_rings *r, size_t *size);

/* All records older than this have been lent out once next() has returned NULL. */
uint64_t skw_rings_bound_ns(const struct skw_rings *r);

/* Gives the space of everything lent out back to the kernel. Also done along the way. */
void skw_rings_release(struct skw_rings *r);

/* Bytes waiting in all rings, busy records included, as the kernel's positions are now. */
uint64_t skw_rings_fill(const struct skw_rings *r);

#endif
