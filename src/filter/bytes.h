/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads of packet bytes. LD_ABS and LD_IND do it on every kernel, by a call each. Where the kernel
 * lets us (struct skw_skb_access), bytes in the packet's linear part are read in place, and only
 * others by these; the verdicts are the same.
 */
#ifndef SKW_FILTER_BYTES_H
#define SKW_FILTER_BYTES_H

#include <stdbool.h>

#include "filter/emit.h"
#include "model/skb_access.h"

/* Once, before the first load. Uses R0 to R5. access may be NULL here and below: in no case. */
void skw_bytes_begin(struct skw_emitter *e, const struct skw_skb_access *access);

/*
 * Into SKW_REG_A, in host order; size is BPF_B, BPF_H or BPF_W. From k, or, if indirect, from
 * SKW_REG_X + k. Out of range, the program ends with 0. Destroys R1 to R5.
 */
void skw_bytes_load(struct skw_emitter *e, const struct skw_skb_access *access, int size,
		    bool indirect, uint32_t k);

#endif
