/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads ahead: a thread fills pieces of memory while the caller works on earlier ones. Bytes of a
 * piece that were not used yet are moved in front of the next one, so that they stay in one row.
 */
#ifndef SKW_OUT_AHEAD_H
#define SKW_OUT_AHEAD_H

#include <stddef.h>
#include <stdint.h>

struct skw_ahead;

/*
 * Reads up to `size` bytes, in the thread. Returns 0 with *got set, which is 0 only at the end, or
 * an errno. It is not called again after the end or an errno.
 */
typedef int skw_ahead_read(void *ctx, uint8_t *to, size_t size, size_t *got);

/* Starts the thread. `ctx` is the thread's until the end. Returns 0 or -errno. */
int skw_ahead_new(skw_ahead_read *read, void *ctx, struct skw_ahead **out);
/* Ends the thread, which may take as long as a read. NULL allowed. */
void skw_ahead_free(struct skw_ahead *a);

/*
 * Waits for the next piece. *at and *have are the bytes that were not used yet, and then these and
 * those of the next piece; they are valid until the next call. Returns 1, 0 at the end, or -errno.
 */
int skw_ahead_next(struct skw_ahead *a, const uint8_t **at, size_t *have);

#endif
