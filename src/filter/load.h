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

/* The lowest stack address that the translated expression itself uses, for M[] and for sets. */
#define SKW_STACK_WORDS (-84)

/* Must be called once, before the first load in place. Uses R0 to R5. */
void skw_load_begin(struct skw_emitter *e, const struct skw_skb_access *access);

/*
 * All three load bytes at the offset k, in host order. `size` is BPF_B, BPF_H or BPF_W. The loads
 * in place jump to the instruction `elsewhere` if the linear part lacks the bytes; until then they
 * change nothing but R1 and R2.
 */

/* Into `reg`. Only where skw_load_is_near(). Destroys nothing else. */
void skw_load_near(struct skw_emitter *e, int size, int reg, uint32_t k, size_t elsewhere);
bool skw_load_is_near(const struct skw_skb_access *access, int size, uint32_t k);

/* Into SKW_REG_A, at SKW_REG_X + k if `indirect`. Destroys R1 to R5. */
void skw_load_far(struct skw_emitter *e, const struct skw_skb_access *access, int size,
		  bool indirect, uint32_t k, size_t elsewhere);

/* The same for any byte. If the offset is out of range, the program returns 0. */
void skw_load_by_call(struct skw_emitter *e, int size, bool indirect, uint32_t k);

#endif
