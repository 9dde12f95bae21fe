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

#include <stdbool.h>
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
 * True: the oldest record that may be lent out has this time. False: there is none before the next
 * look, and *ts_ns is the bound: no record that is older will come.
 */
bool skw_rings_peek(const struct skw_rings *r, uint64_t *ts_ns);

/*
 * The next record in time order that is not younger than until_ns; NULL when there is none to be
 * had before the next look. It is valid until its space is given back.
 */
const void *skw_rings_next(struct skw_rings *r, uint64_t until_ns, size_t *size);

/* Gives the space of everything lent out back to the kernel; a look does so as well. */
void skw_rings_release(struct skw_rings *r);
/* The same for rings of which much is lent out, so that producers don't wait for the end of a
 * round. */
void skw_rings_release_some(struct skw_rings *r);

/* Bytes waiting in all rings, busy records included, as the kernel's positions are now. */
uint64_t skw_rings_fill(const struct skw_rings *r);

#endif
