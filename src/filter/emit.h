/* SPDX-License-Identifier: BSD-2-Clause */
/* Emits single eBPF instructions. Their parts have the names that linux/bpf.h uses. */
#ifndef SKW_FILTER_EMIT_H
#define SKW_FILTER_EMIT_H

#include <stddef.h>
#include <stdint.h>
#include <linux/bpf.h>

/*
 * LD_ABS and LD_IND expect the context in R6, leave their result in R0 and destroy
 * R1 to R5. So A of classic BPF is R0, and X is one of the others.
 */
#define SKW_REG_A   BPF_REG_0
#define SKW_REG_CTX BPF_REG_6
#define SKW_REG_X   BPF_REG_7
/* Set if packets are read in place: length and address of the packet's linear part. */
#define SKW_REG_LEN  BPF_REG_8
#define SKW_REG_DATA BPF_REG_9

/* Offset of a field in the context of a socket_filter program. */
#define SKW_CTX(field) ((int)offsetof(struct __sk_buff, field))

struct skw_emitter {
	struct bpf_insn *insns; /* borrowed; NULL: instructions are only counted */
	size_t len;
};

void skw_emit(struct skw_emitter *e, int code, int dst, int src, int off, uint32_t imm);

void skw_emit_mov_imm(struct skw_emitter *e, int dst, uint32_t imm); /* 32 bits, zero-extended */
void skw_emit_mov_reg(struct skw_emitter *e, int dst, int src);      /* 32 bits, zero-extended */
void skw_emit_mov_ptr(struct skw_emitter *e, int dst, int src);      /* 64 bits */
void skw_emit_load(struct skw_emitter *e, int size, int dst, int base, int off);
void skw_emit_store(struct skw_emitter *e, int size, int base, int off, int src);
void skw_emit_map_fd(struct skw_emitter *e, int dst, int fd);
/* The address of a byte in the only value of an array. */
void skw_emit_map_value(struct skw_emitter *e, int dst, int fd, uint32_t off);
void skw_emit_call(struct skw_emitter *e, int helper);
void skw_emit_call_kernel(struct skw_emitter *e, int btf_id); /* a kernel function, by its BTF */
void skw_emit_exit(struct skw_emitter *e);
void skw_emit_reject(struct skw_emitter *e); /* two instructions: return 0 */

/* Compares 32 bits, because the 64-bit class sign-extends constants from 0x80000000 on. */
void skw_emit_jump_imm(struct skw_emitter *e, int op, int reg, uint32_t imm, int off);

#endif
