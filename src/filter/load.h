/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads of packet bytes. LD_ABS and LD_IND work on every kernel, but each is a call. If the kernel
 * lets us (struct skw_skb_access), bytes in the packet's linear part are read in place, and only
 * other bytes by LD_ABS and LD_IND. A filter's verdicts are the same either way.
 */
#ifndef SKW_FILTER_LOAD_H
#define SKW_FILTER_LOAD_H

#include <stdbool.h>

#include "filter/emit.h"
#include "model/skb_access.h"

/*
 * Must be called once, before the first load. Uses R0 to R5. If `access` is NULL, here and below,
 * nothing is read in place.
 */
void skw_load_begin(struct skw_emitter *e, const struct skw_skb_access *access);

/*
 * Loads bytes at offset k, or at SKW_REG_X + k if `indirect`, into SKW_REG_A, in host order. `size`
 * is BPF_B, BPF_H or BPF_W. If the offset is out of range, the program returns 0. Destroys R1 to
 * R5.
 */
void skw_load_bytes(struct skw_emitter *e, const struct skw_skb_access *access, int size,
		    bool indirect, uint32_t k);

#endif
