// SPDX-License-Identifier: BSD-2-Clause
#include "filter/emit.h"

void skw_emit(struct skw_emitter *e, int code, int dst, int src, int off, uint32_t imm)
{
	if (e->insns)
		e->insns[e->len] = (struct bpf_insn){ .code = (uint8_t)code,
						      .dst_reg = (uint8_t)(dst & 0xf),
						      .src_reg = (uint8_t)(src & 0xf),
						      .off = (int16_t)off,
						      .imm = (int32_t)imm };
	e->len++;
}

void skw_emit_mov_imm(struct skw_emitter *e, int dst, uint32_t imm)
{
	skw_emit(e, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, imm);
}

void skw_emit_mov_reg(struct skw_emitter *e, int dst, int src)
{
	skw_emit(e, BPF_ALU | BPF_MOV | BPF_X, dst, src, 0, 0);
}

void skw_emit_mov_ptr(struct skw_emitter *e, int dst, int src)
{
	skw_emit(e, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

void skw_emit_load(struct skw_emitter *e, int size, int dst, int base, int off)
{
	skw_emit(e, BPF_LDX | BPF_MEM | size, dst, base, off, 0);
}

void skw_emit_store(struct skw_emitter *e, int size, int base, int off, int src)
{
	skw_emit(e, BPF_STX | BPF_MEM | size, base, src, off, 0);
}

void skw_emit_map_fd(struct skw_emitter *e, int dst, int fd)
{
	skw_emit(e, BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_FD, 0, (uint32_t)fd);
	skw_emit(e, 0, 0, 0, 0, 0);
}

void skw_emit_map_value(struct skw_emitter *e, int dst, int fd, uint32_t off)
{
	skw_emit(e, BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_VALUE, 0, (uint32_t)fd);
	skw_emit(e, 0, 0, 0, 0, off);
}

void skw_emit_call(struct skw_emitter *e, int helper)
{
	skw_emit(e, BPF_JMP | BPF_CALL, 0, 0, 0, (uint32_t)helper);
}

void skw_emit_call_kernel(struct skw_emitter *e, int btf_id)
{
	skw_emit(e, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, (uint32_t)btf_id);
}

void skw_emit_exit(struct skw_emitter *e)
{
	skw_emit(e, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

void skw_emit_reject(struct skw_emitter *e)
{
	skw_emit_mov_imm(e, BPF_REG_0, 0);
	skw_emit_exit(e);
}

void skw_emit_jump_imm(struct skw_emitter *e, int op, int reg, uint32_t imm, int off)
{
	skw_emit(e, BPF_JMP32 | op | BPF_K, reg, 0, off, imm);
}
