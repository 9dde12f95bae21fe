/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads several BPF ring buffers in place, as one stream in time order. The
 * memory layout is defined by the kernel (kernel/bpf/ringbuf.c): a consumer
 * page, a producer page, and the data mapped twice in a row.
 *
 * Time order works as follows. A producer reserves its record and then reads its
 * clock. The reader reads its clock (T) and then the producer positions. So each
 * record older than T lies before these positions, finished or still busy. The
 * reader lends out the records that are older than T and than any busy record
 * can be. The other records wait for the next look.
 */
#ifndef SKW_KERN_RING_RING_H
#define SKW_KERN_RING_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct skw_rings;

/*
 * Each record must begin with its 64-bit CLOCK_MONOTONIC time. `fds` are ring
 * buffer maps of `bytes` each (power of two, whole pages). The caller owns them
 * and may close them after this call. Returns 0 or -errno.
 */
int skw_rings_open(const int *fds, size_t n, size_t bytes, struct skw_rings **out);
/* Adds rings of another size. Moves *rings. Returns 0 or -errno; the caller closes in any case. */
int skw_rings_add(struct skw_rings **rings, const int *fds, size_t n, size_t bytes);
void skw_rings_close(struct skw_rings *r); /* NULL allowed */

/*
 * Looks for new records. `now_ns` is CLOCK_MONOTONIC, read just before the call.
 * UINT64_MAX means that no producer is left, so that everything can be lent out.
 * Records that were lent out stay valid. Returns 0 or -ENOMEM.
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

/*
 * Gives the space of everything lent out back to the kernel, but for the last record of each ring:
 * so a producer that lets the kernel decide about the wake-up (flags 0) wakes nobody.
 */
void skw_rings_release(struct skw_rings *r);
/*
 * Gives that back as well: the next record wakes the reader. The caller must look at the fill once
 * more between this call and going to sleep.
 */
void skw_rings_arm(struct skw_rings *r);
/* The same for rings of which much is lent out, so that producers don't wait for the end of a
 * round. */
void skw_rings_release_some(struct skw_rings *r);

/* The number of bytes in all rings now that are not lent out, busy records included. */
uint64_t skw_rings_fill(const struct skw_rings *r);

#endif
