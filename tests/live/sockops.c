// SPDX-License-Identifier: BSD-2-Clause
/*
 * Another program that gets callbacks beside skwatch: a sockops program, attached to a cgroup, that
 * asks for RTT samples and for a call before the header of each packet, and counts its calls.
 *
 *	sockops CGROUP-FOLDER
 *
 * says `ready` when it is attached, and answers each line on standard input with
 * `N rtt=COUNT write=COUNT`, N counted from 1. It ends with its standard input.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "util/cleanup.h"

#define WANTED (BPF_SOCK_OPS_RTT_CB_FLAG | BPF_SOCK_OPS_WRITE_HDR_OPT_CB_FLAG)
#define OPS    64 /* more than there are callbacks */

static int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "sockops: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return result;
}

#define INSN(c, d, s, o, i)                                                                        \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define LOAD32(d, s, o)  INSN(BPF_LDX | BPF_MEM | BPF_W, d, s, (short)(o), 0)
#define STORE32(d, s, o) INSN(BPF_STX | BPF_MEM | BPF_W, d, s, (short)(o), 0)
#define MOVE(d, s)       INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define SET(d, i)        INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADD(d, i)        INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define OR(d, i)         INSN(BPF_ALU64 | BPF_OR | BPF_K, d, 0, 0, i)
#define JUMP_EQ(d, i, o) INSN(BPF_JMP | BPF_JEQ | BPF_K, d, 0, o, i)
#define CALL(f)          INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT             INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static int load(int counts)
{
	const struct bpf_insn insns[] = {
		/* 0 */ MOVE(BPF_REG_6, BPF_REG_1),
		/* 1 */ LOAD32(BPF_REG_7, BPF_REG_6, offsetof(struct bpf_sock_ops, op)),
		/* At both kinds of establishment it adds its flags to those that are there. */
		/* 2 */ JUMP_EQ(BPF_REG_7, BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB, 1),
		/* 3 */
		INSN(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_7, 0, 4,
		     BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB),
		/* 4 */
		LOAD32(BPF_REG_2, BPF_REG_6, offsetof(struct bpf_sock_ops, bpf_sock_ops_cb_flags)),
		/* 5 */ OR(BPF_REG_2, WANTED),
		/* 6 */ MOVE(BPF_REG_1, BPF_REG_6),
		/* 7 */ CALL(BPF_FUNC_sock_ops_cb_flags_set),
		/* It counts one more of this kind. */
		/* 8 */ STORE32(BPF_REG_10, BPF_REG_7, -4),
		/* 9 */ MOVE(BPF_REG_2, BPF_REG_10),
		/* 10 */ ADD(BPF_REG_2, -4),
		/* 11, 12 */
		INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, counts),
		INSN(0, 0, 0, 0, 0),
		/* 13 */ CALL(BPF_FUNC_map_lookup_elem),
		/* 14 */ JUMP_EQ(BPF_REG_0, 0, 2),
		/* 15 */ SET(BPF_REG_1, 1),
		/* 16 */
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, BPF_REG_0, BPF_REG_1, 0, BPF_ADD),
		/* 17 */ SET(BPF_REG_0, 1),
		/* 18 */ EXIT,
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCK_OPS, "other", "GPL", insns, SKW_ARRAY_SIZE(insns),
			     NULL);
}

static uint64_t count_of(int counts, uint32_t op)
{
	uint64_t n = 0;

	must(bpf_map_lookup_elem(counts, &op, &n), "look-up");
	return n;
}

int main(int argc, char *argv[])
{
	char line[64];

	if (argc != 2) {
		fprintf(stderr, "sockops CGROUP-FOLDER\n");
		return 2;
	}
	alarm(300);
	int cgroup = must(open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC), argv[1]);
	int counts = must(bpf_map_create(BPF_MAP_TYPE_ARRAY, "counts", 4, 8, OPS, NULL), "map");
	int prog = must(load(counts), "program");
	must(bpf_link_create(prog, cgroup, BPF_CGROUP_SOCK_OPS, NULL), "link");
	printf("ready\n");
	fflush(stdout);
	for (int n = 1; fgets(line, sizeof(line), stdin); n++) {
		printf("%d rtt=%" PRIu64 " write=%" PRIu64 "\n", n,
		       count_of(counts, BPF_SOCK_OPS_RTT_CB),
		       count_of(counts, BPF_SOCK_OPS_HDR_OPT_LEN_CB));
		fflush(stdout);
	}
	return 0;
}
