// SPDX-License-Identifier: BSD-2-Clause
#include "filter/load.h"

/* The packet's address, on the stack below the words of the expression. It is aligned to 8. */
#define ADDRESS_OFF (SKW_STACK_WORDS - 12)

static uint32_t bytes_of(int size)
{
	return size == BPF_W ? 4 : size == BPF_H ? 2 : 1;
}

void skw_load_by_call(struct skw_emitter *e, int size, bool indirect, uint32_t k)
{
	if (indirect)
		skw_emit(e, BPF_LD | BPF_IND | size, 0, SKW_REG_X, 0, k);
	else
		skw_emit(e, BPF_LD | BPF_ABS | size, 0, 0, 0, k);
}

void skw_load_begin(struct skw_emitter *e, const struct skw_skb_access *access)
{
	skw_emit_mov_ptr(e, BPF_REG_1, SKW_REG_CTX);
	skw_emit_call_kernel(e, access->cast_ctx);
	skw_emit_load(e, BPF_DW, BPF_REG_1, BPF_REG_0, access->data);
	skw_emit_load(e, BPF_W, SKW_REG_LEN, BPF_REG_0, access->len);
	skw_emit_load(e, BPF_W, BPF_REG_2, BPF_REG_0, access->data_len);
	skw_emit(e, BPF_ALU64 | BPF_SUB | BPF_X, SKW_REG_LEN, BPF_REG_2, 0, 0);
	skw_emit_store(e, BPF_DW, BPF_REG_10, ADDRESS_OFF, BPF_REG_1);
	skw_emit_mov_imm(e, BPF_REG_2, (uint32_t)access->bytes);
	/* The verifier replaces this call by a move. */
	skw_emit_call_kernel(e, access->cast_rdonly);
	skw_emit_mov_ptr(e, SKW_REG_DATA, BPF_REG_0);
}

/* Returns the offset of a jump from the current place. */
static int jump(const struct skw_emitter *e, size_t to)
{
	return (int)((ptrdiff_t)to - (ptrdiff_t)e->len - 1);
}

static void swap(struct skw_emitter *e, int size, int reg)
{
	if (size != BPF_B)
		skw_emit(e, BPF_ALU | BPF_END | BPF_TO_BE, reg, 0, 0, 8 * bytes_of(size));
}

bool skw_load_is_near(const struct skw_skb_access *access, int size, uint32_t k)
{
	return k <= access->bytes_len - bytes_of(size);
}

void skw_load_near(struct skw_emitter *e, int size, int reg, uint32_t k, size_t elsewhere)
{
	skw_emit(e, BPF_JMP | BPF_JSLT | BPF_K, SKW_REG_LEN, 0, jump(e, elsewhere),
		 k + bytes_of(size));
	skw_emit_load(e, size, reg, SKW_REG_DATA, (int)k);
	swap(e, size, reg);
}

void skw_load_far(struct skw_emitter *e, const struct skw_skb_access *access, int size,
		  bool indirect, uint32_t k, size_t elsewhere)
{
	/* The sum has 32 bits, as for LD_IND. A negative offset there is a too large one here. */
	if (indirect) {
		skw_emit_mov_reg(e, BPF_REG_1, SKW_REG_X);
		skw_emit(e, BPF_ALU | BPF_ADD | BPF_K, BPF_REG_1, 0, 0, k);
	} else {
		skw_emit_mov_imm(e, BPF_REG_1, k);
	}
	skw_emit_mov_ptr(e, BPF_REG_2, SKW_REG_LEN);
	skw_emit(e, BPF_ALU64 | BPF_SUB | BPF_K, BPF_REG_2, 0, 0, bytes_of(size));
	skw_emit(e, BPF_JMP | BPF_JSGT | BPF_X, BPF_REG_1, BPF_REG_2, jump(e, elsewhere), 0);
	/* The verifier allows no sum of a pointer to a struct and a number, so this casts the sum.
	 */
	skw_emit_load(e, BPF_DW, BPF_REG_2, BPF_REG_10, ADDRESS_OFF);
	skw_emit(e, BPF_ALU64 | BPF_ADD | BPF_X, BPF_REG_1, BPF_REG_2, 0, 0);
	skw_emit_mov_imm(e, BPF_REG_2, (uint32_t)access->bytes);
	skw_emit_call_kernel(e, access->cast_rdonly);
	skw_emit_load(e, size, SKW_REG_A, BPF_REG_0, 0);
	swap(e, size, SKW_REG_A);
}
