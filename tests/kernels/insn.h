/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BPF instructions written by hand, for probes that must not depend on a compiler's choices.
 * Registers are numbers, and 10 is the frame pointer. The opcodes are those of linux/bpf.h, which
 * must be included first.
 */
#ifndef SKW_TESTS_INSN_H
#define SKW_TESTS_INSN_H

#define INSN(c, d, r, o, i)                                                                        \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (r), .off = (o), .imm = (i) })
#define MOV(d, r)              INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, r, 0, 0)
#define MOV_IMM(d, i)          INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADD_IMM(d, i)          INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define LOAD(sz, d, r, o)      INSN(BPF_LDX | BPF_MEM | (sz), d, r, o, 0)
#define STORE(sz, d, r, o)     INSN(BPF_STX | BPF_MEM | (sz), d, r, o, 0)
#define STORE_IMM(sz, d, o, i) INSN(BPF_ST | BPF_MEM | (sz), d, 0, o, i)
#define JUMP_IMM(op, d, i, o)  INSN(BPF_JMP | (op) | BPF_K, d, 0, o, i)
#define LOAD_ABS(sz, i)        INSN(BPF_LD | BPF_ABS | (sz), 0, 0, 0, i)
#define CALL(f)                INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT                   INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define MAP(d, fd)             INSN(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
/* Loads the address of the value of an array with one entry. */
#define MAP_VALUE(d, fd)                                                                           \
	INSN(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_MAP_VALUE, 0, fd), INSN(0, 0, 0, 0, 0)
/*
 * Sets r0 to the element `key` (an immediate) of the map, or leaves the program if there is none.
 * The key is stored at fp-8.
 */
#define LOOKUP(fd, key)                                                                            \
	STORE_IMM(BPF_W, 10, -8, key), MAP(1, fd), MOV(2, 10), ADD_IMM(2, -8),                     \
		CALL(BPF_FUNC_map_lookup_elem), JUMP_IMM(BPF_JNE, 0, 0, 2), MOV_IMM(0, 0), EXIT
/* Adds one to a counter. The element always exists. */
#define COUNT(fd, which)                                                                           \
	LOOKUP(fd, which), LOAD(BPF_DW, 1, 0, 0), ADD_IMM(1, 1), STORE(BPF_DW, 0, 1, 0)
#define COUNT_LEN 12 /* the number of instructions, for jumps over them */

#endif
