// SPDX-License-Identifier: BSD-2-Clause
#include "filter/load.h"

/* Larger constant offsets are rare, so they get no range check and are read by a call. */
#define NEAR 0xffff

static int bytes_of(int size)
{
	return size == BPF_W ? 4 : size == BPF_H ? 2 : 1;
}

/* Emits `r0 = *(size *)offset` as LD_ABS or LD_IND, which eBPF has from classic BPF. */
static void load_by_call(struct skw_emitter *e, int size, bool indirect, uint32_t k)
{
	if (indirect)
		skw_emit(e, BPF_LD | BPF_IND | size, 0, SKW_REG_X, 0, k);
	else
		skw_emit(e, BPF_LD | BPF_ABS | size, 0, 0, 0, k);
}

void skw_load_begin(struct skw_emitter *e, const struct skw_skb_access *access)
{
	if (!access)
		return;
	skw_emit_mov_ptr(e, BPF_REG_1, SKW_REG_CTX);
	skw_emit_call_kernel(e, access->cast_ctx);
	skw_emit_load(e, BPF_DW, SKW_REG_DATA, BPF_REG_0, access->data);
	skw_emit_load(e, BPF_W, SKW_REG_LEN, BPF_REG_0, access->len);
	skw_emit_load(e, BPF_W, BPF_REG_1, BPF_REG_0, access->data_len);
	skw_emit(e, BPF_ALU64 | BPF_SUB | BPF_X, SKW_REG_LEN, BPF_REG_1, 0, 0);
}

/* Puts the offset into R1. Jumps over `skip` instructions if the linear part lacks the bytes. */
static void check_range(struct skw_emitter *e, int bytes, bool indirect, uint32_t k, int skip)
{
	if (!indirect) {
		skw_emit_mov_imm(e, BPF_REG_1, k);
		skw_emit(e, BPF_JMP | BPF_JSLT | BPF_K, SKW_REG_LEN, 0, skip, k + (uint32_t)bytes);
		return;
	}
	/* The sum has 32 bits, as for LD_IND. A negative offset there is a too large one here. */
	skw_emit_mov_reg(e, BPF_REG_1, SKW_REG_X);
	skw_emit(e, BPF_ALU | BPF_ADD | BPF_K, BPF_REG_1, 0, 0, k);
	skw_emit_mov_ptr(e, BPF_REG_2, SKW_REG_LEN);
	skw_emit(e, BPF_ALU64 | BPF_SUB | BPF_K, BPF_REG_2, 0, 0, (uint32_t)bytes);
	skw_emit(e, BPF_JMP | BPF_JSGT | BPF_X, BPF_REG_1, BPF_REG_2, skip, 0);
}

void skw_load_bytes(struct skw_emitter *e, const struct skw_skb_access *access, int size,
		    bool indirect, uint32_t k)
{
	int bytes = bytes_of(size), swap = bytes > 1;

	if (!access || (!indirect && k > NEAR)) {
		load_by_call(e, size, indirect, k);
		return;
	}
	check_range(e, bytes, indirect, k, 5 + swap);
	skw_emit(e, BPF_ALU64 | BPF_ADD | BPF_X, BPF_REG_1, SKW_REG_DATA, 0, 0);
	skw_emit_mov_imm(e, BPF_REG_2,
			 (uint32_t)(bytes == 4   ? access->word
				    : bytes == 2 ? access->half
						 : access->byte));
	/* The verifier replaces this call by a move. */
	skw_emit_call_kernel(e, access->cast_rdonly);
	skw_emit_load(e, size, SKW_REG_A, BPF_REG_0, 0);
	if (swap)
		skw_emit(e, BPF_ALU | BPF_END | BPF_TO_BE, SKW_REG_A, 0, 0, 8 * (uint32_t)bytes);
	skw_emit(e, BPF_JMP | BPF_JA, 0, 0, 1, 0);
	load_by_call(e, size, indirect, k);
}
