// SPDX-License-Identifier: BSD-2-Clause
/* Which programs are accepted, and what their translation does on single packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/types.h>

#include "../fuzz/ebpf.h"
#include "abi/packet.h"
#include "filter/translate.h"
#include "util/cleanup.h"

#define PROGRAM(...)                                                                               \
	{                                                                                          \
		.insns = (struct skw_cbpf_insn[]){ __VA_ARGS__ },                                  \
		.len = sizeof((struct skw_cbpf_insn[]){ __VA_ARGS__ }) /                           \
		       sizeof(struct skw_cbpf_insn)                                                \
	}
#define STMT(code, k)                                                                              \
	{                                                                                          \
		(code), 0, 0, (uint32_t)(k)                                                        \
	}
#define JUMP(code, k, jt, jf)                                                                      \
	{                                                                                          \
		(code), (jt), (jf), (uint32_t)(k)                                                  \
	}
#define RET(k) STMT(BPF_RET | BPF_K, k)

static const struct skw_filter_frame bare = { .counters_fd = -1, .next_fd = -1 };

static int translate(const struct skw_cbpf *prog)
{
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len = 4711;
	int err = skw_filter_translate(prog, &bare, &insns, &len);

	if (err) {
		assert_null(insns);
		assert_int_equal(len, 4711);
	} else {
		assert_true(ebpf_is_connected(insns, len));
	}
	return err;
}

struct validity {
	const char *what;
	struct skw_cbpf prog;
	int want;
};

static const struct validity validities[] = {
	{ "nothing but RET", PROGRAM(RET(0)), 0 },
	{ "RET A", PROGRAM(STMT(BPF_RET | BPF_A, 0)), 0 },
	{ "RET X is none", PROGRAM(STMT(BPF_RET | BPF_X, 0)), -EINVAL },
	{ "no RET at the end", PROGRAM(RET(0), STMT(BPF_MISC | BPF_TAX, 0)), -EINVAL },
	{ "an opcode out of the table", PROGRAM(STMT(0xffff, 0), RET(0)), -EINVAL },
	{ "an opcode with a high byte", PROGRAM(STMT(0x100 | BPF_LD, 0), RET(0)), -EINVAL },
	{ "a hole in the table", PROGRAM(STMT(BPF_LDX | BPF_ABS, 0), RET(0)), -EINVAL },
	{ "a jump to the last one", PROGRAM(JUMP(BPF_JMP | BPF_JA, 1, 0, 0), RET(1), RET(0)), 0 },
	{ "JA behind the end", PROGRAM(JUMP(BPF_JMP | BPF_JA, 2, 0, 0), RET(1), RET(0)), -EINVAL },
	{ "JA very far", PROGRAM(JUMP(BPF_JMP | BPF_JA, 0x7fffffff, 0, 0), RET(0)), -EINVAL },
	{ "JA back: a loop", PROGRAM(RET(1), JUMP(BPF_JMP | BPF_JA, -2, 0, 0), RET(0)),
	  -EOPNOTSUPP },
	{ "JA before the start", PROGRAM(RET(1), JUMP(BPF_JMP | BPF_JA, -3, 0, 0), RET(0)),
	  -EINVAL },
	{ "jt behind the end", PROGRAM(JUMP(BPF_JMP | BPF_JEQ, 0, 1, 0), RET(0)), -EINVAL },
	{ "jf behind the end", PROGRAM(JUMP(BPF_JMP | BPF_JEQ, 0, 0, 1), RET(0)), -EINVAL },
	{ "jt in a conditional jump by X",
	  PROGRAM(JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 1, 0), RET(0)), -EINVAL },
	{ "the last word of M[]", PROGRAM(STMT(BPF_ST, 15), RET(0)), 0 },
	{ "ST behind M[]", PROGRAM(STMT(BPF_ST, 16), RET(0)), -EINVAL },
	{ "STX behind M[]", PROGRAM(STMT(BPF_STX, 16), RET(0)), -EINVAL },
	{ "LD behind M[]", PROGRAM(STMT(BPF_LD | BPF_MEM, 16), RET(0)), -EINVAL },
	{ "LDX behind M[]", PROGRAM(STMT(BPF_LDX | BPF_MEM, 0xffffffff), RET(0)), -EINVAL },
	{ "a division by 0", PROGRAM(STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RET(0)), -EINVAL },
	{ "a remainder of 0", PROGRAM(STMT(BPF_ALU | BPF_MOD | BPF_K, 0), RET(0)), -EINVAL },
	{ "a shift by 31", PROGRAM(STMT(BPF_ALU | BPF_LSH | BPF_K, 31), RET(0)), 0 },
	{ "a shift left by 32", PROGRAM(STMT(BPF_ALU | BPF_LSH | BPF_K, 32), RET(0)), -EINVAL },
	{ "a shift right by 32", PROGRAM(STMT(BPF_ALU | BPF_RSH | BPF_K, 32), RET(0)), -EINVAL },
	{ "metadata that there isn't", PROGRAM(STMT(BPF_LD | BPF_ABS, SKF_AD_OFF + 64), RET(0)),
	  -EINVAL },
	{ "metadata between two", PROGRAM(STMT(BPF_LD | BPF_ABS, SKF_AD_OFF + 1), RET(0)),
	  -EINVAL },
	{ "the same by index is an offset like others",
	  PROGRAM(STMT(BPF_LD | BPF_IND, SKF_AD_OFF + 64), RET(0)), 0 },
	{ "metadata by the byte", PROGRAM(STMT(BPF_LD | BPF_B | BPF_ABS, SKF_AD_OFF), RET(0)), 0 },
	{ "the hardware type", PROGRAM(STMT(BPF_LD | BPF_ABS, SKF_AD_OFF + SKF_AD_HATYPE), RET(0)),
	  -EOPNOTSUPP },
	{ "the payload offset",
	  PROGRAM(STMT(BPF_LD | BPF_ABS, SKF_AD_OFF + SKF_AD_PAY_OFFSET), RET(0)), -EOPNOTSUPP },
	{ "a netlink attribute",
	  PROGRAM(STMT(BPF_LD | BPF_ABS, SKF_AD_OFF + SKF_AD_NLATTR), RET(0)), -EOPNOTSUPP },
	{ "a netlink attribute inside one",
	  PROGRAM(STMT(BPF_LD | BPF_ABS, SKF_AD_OFF + SKF_AD_NLATTR_NEST), RET(0)), -EOPNOTSUPP },
	{ "what is invalid is so even beside a loop",
	  PROGRAM(JUMP(BPF_JMP | BPF_JA, -1, 0, 0), STMT(BPF_ST, 16), RET(0)), -EINVAL },
};

static void the_kernels_rules_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(validities); i++) {
		int got = translate(&validities[i].prog);

		if (got != validities[i].want)
			fail_msg("%s: %d", validities[i].what, got);
	}
}

static void an_empty_program_is_none(void **state)
{
	const struct skw_cbpf nothing = { .insns = NULL };

	(void)state;
	assert_int_equal(translate(&nothing), -EINVAL);
}

static void what_is_never_reached_is_left_out(void **state)
{
	const struct skw_cbpf prog =
		PROGRAM(JUMP(BPF_JMP | BPF_JA, 2, 0, 0), STMT(BPF_LD | BPF_IMM, 1), RET(1), RET(0));

	(void)state;
	/* translate() asserts that there is no dead code, which the verifier would refuse. */
	assert_int_equal(translate(&prog), 0);
}

struct run_case {
	const char *what;
	struct skw_cbpf prog;
	bool want;
};

static const uint8_t packet[] = { 0x80, 0x01, 0xff, 0xfe, 0x45, 0x00, 0x7f, 0x10 };

static const struct run_case runs[] = {
	{ "a word in host order",
	  PROGRAM(STMT(BPF_LD | BPF_ABS, 0), JUMP(BPF_JMP | BPF_JEQ, 0x8001fffe, 0, 1), RET(1),
		  RET(0)),
	  true },
	{ "a half word",
	  PROGRAM(STMT(BPF_LD | BPF_H | BPF_ABS, 2), JUMP(BPF_JMP | BPF_JEQ, 0xfffe, 0, 1), RET(1),
		  RET(0)),
	  true },
	{ "a load that ends with the packet", PROGRAM(STMT(BPF_LD | BPF_ABS, 4), RET(1)), true },
	{ "a load that ends behind it", PROGRAM(STMT(BPF_LD | BPF_ABS, 5), RET(1)), false },
	{ "X by MSH, A untouched",
	  PROGRAM(STMT(BPF_LD | BPF_IMM, 3), STMT(BPF_LDX | BPF_B | BPF_MSH, 4),
		  STMT(BPF_ALU | BPF_MUL | BPF_X, 0), JUMP(BPF_JMP | BPF_JEQ, 60, 0, 1), RET(1),
		  RET(0)),
	  true },
	{ "an index",
	  PROGRAM(STMT(BPF_LDX | BPF_IMM, 2), STMT(BPF_LD | BPF_B | BPF_IND, 5),
		  JUMP(BPF_JMP | BPF_JEQ, 0x10, 0, 1), RET(1), RET(0)),
	  true },
	{ "numbers above 0x7fffffff are not negative",
	  PROGRAM(STMT(BPF_LD | BPF_IMM, 0x80000001), JUMP(BPF_JMP | BPF_JGT, 0x80000000, 0, 3),
		  JUMP(BPF_JMP | BPF_JGT, 5, 0, 2), JUMP(BPF_JMP | BPF_JGE, 0x80000002, 1, 0),
		  RET(1), RET(0)),
	  true },
	{ "a quotient of large numbers",
	  PROGRAM(STMT(BPF_LD | BPF_IMM, 0xfffffffe), STMT(BPF_ALU | BPF_DIV | BPF_K, 0x80000000),
		  JUMP(BPF_JMP | BPF_JEQ, 1, 0, 1), RET(1), RET(0)),
	  true },
	{ "a division by X = 0 rejects", PROGRAM(STMT(BPF_ALU | BPF_DIV | BPF_X, 0), RET(1)),
	  false },
	{ "a remainder by X = 0 rejects", PROGRAM(STMT(BPF_ALU | BPF_MOD | BPF_X, 0), RET(1)),
	  false },
	{ "a shift by X takes five bits",
	  PROGRAM(STMT(BPF_LD | BPF_IMM, 1), STMT(BPF_LDX | BPF_IMM, 33),
		  STMT(BPF_ALU | BPF_LSH | BPF_X, 0), JUMP(BPF_JMP | BPF_JEQ, 2, 0, 1), RET(1),
		  RET(0)),
	  true },
	{ "A, X and M[] begin as 0",
	  PROGRAM(STMT(BPF_ALU | BPF_ADD | BPF_X, 0), STMT(BPF_LDX | BPF_MEM, 15),
		  STMT(BPF_ALU | BPF_ADD | BPF_X, 0), STMT(BPF_LDX | BPF_MEM, 0),
		  STMT(BPF_ALU | BPF_ADD | BPF_X, 0), STMT(BPF_RET | BPF_A, 0)),
	  false },
	{ "M[] keeps what it was given",
	  PROGRAM(STMT(BPF_LD | BPF_IMM, 7), STMT(BPF_ST, 15), STMT(BPF_LDX | BPF_IMM, 9),
		  STMT(BPF_STX, 0), STMT(BPF_LD | BPF_MEM, 0), STMT(BPF_LDX | BPF_MEM, 15),
		  STMT(BPF_ALU | BPF_SUB | BPF_X, 0), JUMP(BPF_JMP | BPF_JEQ, 2, 0, 1), RET(1),
		  RET(0)),
	  true },
	{ "NEG",
	  PROGRAM(STMT(BPF_LD | BPF_IMM, 1), STMT(BPF_ALU | BPF_NEG, 77),
		  JUMP(BPF_JMP | BPF_JEQ, 0xffffffff, 0, 1), RET(1), RET(0)),
	  true },
	{ "the length",
	  PROGRAM(STMT(BPF_LD | BPF_LEN, 0), STMT(BPF_LDX | BPF_LEN, 0),
		  JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 2),
		  JUMP(BPF_JMP | BPF_JEQ, sizeof(packet), 0, 1), RET(1), RET(0)),
	  true },
	{ "JSET, bits in common",
	  PROGRAM(STMT(BPF_LD | BPF_IMM, 6), JUMP(BPF_JMP | BPF_JSET, 2, 1, 0), RET(0), RET(1)),
	  true },
	{ "JSET, none in common",
	  PROGRAM(STMT(BPF_LD | BPF_IMM, 6), JUMP(BPF_JMP | BPF_JSET, 9, 0, 1), RET(0), RET(1)),
	  true },
	{ "a jump that goes to the same place both ways",
	  PROGRAM(JUMP(BPF_JMP | BPF_JEQ, 9, 1, 1), RET(0), RET(1)), true },
	{ "TAX and TXA",
	  PROGRAM(STMT(BPF_LD | BPF_IMM, 5), STMT(BPF_MISC | BPF_TAX, 0), STMT(BPF_LD | BPF_IMM, 0),
		  STMT(BPF_MISC | BPF_TXA, 0), STMT(BPF_RET | BPF_A, 0)),
	  true },
	{ "a protocol in host order",
	  PROGRAM(STMT(BPF_LD | BPF_ABS, SKF_AD_OFF + SKF_AD_PROTOCOL),
		  JUMP(BPF_JMP | BPF_JEQ, 0x0800, 0, 1), RET(1), RET(0)),
	  true },
};

static void run_all(const struct skw_skb_access *access, uint32_t linear)
{
	struct skw_filter_frame frame = bare;

	frame.access = access;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(runs); i++) {
		struct ebpf_run run = { .packet = packet,
					.len = sizeof(packet),
					.linear = linear,
					.skb = { .protocol = htons(0x0800) } };
		SKW_AUTO_FREE struct bpf_insn *insns = NULL;
		size_t len;

		assert_int_equal(skw_filter_translate(&runs[i].prog, &frame, &insns, &len), 0);
		assert_true(ebpf_is_connected(insns, len));
		assert_int_equal(ebpf_interpret(insns, len, &run), 0);
		if (run.verdict != (runs[i].want ? 1 : 0))
			fail_msg("%s: %u", runs[i].what, run.verdict);
	}
}

static void single_packets_are_decided_as_by_the_kernel(void **state)
{
	(void)state;
	run_all(NULL, 0);
}

static void reading_in_place_decides_the_same(void **state)
{
	(void)state;
	for (uint32_t linear = 0; linear <= sizeof(packet); linear++)
		run_all(&ebpf_access, linear);
}

/* Two jumps over many divisions, which have the longest translation. */
static void a_jump_that_is_too_far_is_told(void **state)
{
	const size_t many = 9000;
	SKW_AUTO_FREE struct skw_cbpf_insn *insns = calloc(many, sizeof(*insns));
	const struct skw_cbpf prog = { .insns = insns, .len = many };

	(void)state;
	assert_non_null(insns);
	for (size_t i = 0; i < many; i++)
		insns[i].code = BPF_ALU | BPF_DIV | BPF_X;
	insns[0] = (struct skw_cbpf_insn)JUMP(BPF_JMP | BPF_JEQ, 0, 0, 1);
	insns[1] = (struct skw_cbpf_insn)JUMP(BPF_JMP | BPF_JA, many - 3, 0, 0);
	insns[many - 1] = (struct skw_cbpf_insn)RET(0);
	assert_int_equal(translate(&prog), -E2BIG);
	insns[1].k = 4000;
	assert_int_equal(translate(&prog), 0);
}

/* Reading in place takes a second body, and a jump over both may be too long. */
static void a_long_program_reads_by_calls(void **state)
{
	const size_t many = 9000;
	SKW_AUTO_FREE struct skw_cbpf_insn *insns = calloc(many, sizeof(*insns));
	const struct skw_cbpf prog = { .insns = insns, .len = many };
	SKW_AUTO_FREE struct bpf_insn *by_call = NULL, *in_place = NULL;
	size_t by_call_len, in_place_len;
	struct skw_filter_frame frame = bare;

	(void)state;
	assert_non_null(insns);
	for (size_t i = 0; i < many; i++)
		insns[i] = (struct skw_cbpf_insn)STMT(BPF_LD | BPF_IND, 4);
	insns[many - 1] = (struct skw_cbpf_insn)RET(0);
	assert_int_equal(skw_filter_translate(&prog, &frame, &by_call, &by_call_len), 0);
	frame.access = &ebpf_access;
	assert_int_equal(skw_filter_translate(&prog, &frame, &in_place, &in_place_len), 0);
	assert_int_equal(in_place_len, by_call_len);
	assert_memory_equal(in_place, by_call, by_call_len * sizeof(*by_call));
}

static void the_frame_is_as_short_as_it_can_be(void **state)
{
	const struct skw_cbpf prog = PROGRAM(RET(0));
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len;

	(void)state;
	assert_int_equal(skw_filter_translate(&prog, &bare, &insns, &len), 0);
	/* Instructions for R6, A, X, and return 0. */
	assert_int_equal(len, 5);
}

/*
 * Which packets of loopback and of other interfaces are taken when the outgoing copies of loopback
 * are hidden.
 */
static void only_loopbacks_outgoing_copy_is_hidden(void **state)
{
	const struct skw_filter_frame frame = { .counters_fd = -1, .next_fd = -1, .lo_ifindex = 3 };
	const struct skw_cbpf prog = PROGRAM(RET(1));
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len;

	(void)state;
	assert_int_equal(skw_filter_translate(&prog, &frame, &insns, &len), 0);
	for (uint32_t ifindex = 2; ifindex <= 4; ifindex++) {
		for (uint32_t type = PACKET_HOST; type <= PACKET_OUTGOING; type++) {
			struct ebpf_run run = { .skb = { .ifindex = ifindex, .pkt_type = type } };

			assert_int_equal(ebpf_interpret(insns, len, &run), 0);
			assert_int_equal(run.verdict, ifindex != 3 || type != PACKET_OUTGOING);
		}
	}
}

/* Programs know the address of the counters, which are a single value of a map. */
static void counters_fit_into_a_value_with_any_number_of_cpus(void **state)
{
	(void)state;
	assert_int_equal(skw_packet_slots(256, 2), 256);
	assert_int_equal(skw_packet_slots(1, 2), 1);
	assert_int_equal(skw_packet_slots(256, 256), 256);
	assert_int_equal(skw_packet_slots(256, 257), 255);
	assert_int_equal(skw_packet_slots(256, 8192), 8);
	for (uint32_t cpus = 1; cpus <= 65536; cpus++) {
		uint32_t slots = skw_packet_slots(UINT32_MAX, cpus);

		assert_true(slots && slots * cpus * sizeof(struct skw_packet_counters) <= 4 << 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernels_rules_hold),
		cmocka_unit_test(an_empty_program_is_none),
		cmocka_unit_test(what_is_never_reached_is_left_out),
		cmocka_unit_test(single_packets_are_decided_as_by_the_kernel),
		cmocka_unit_test(reading_in_place_decides_the_same),
		cmocka_unit_test(a_jump_that_is_too_far_is_told),
		cmocka_unit_test(a_long_program_reads_by_calls),
		cmocka_unit_test(only_loopbacks_outgoing_copy_is_hidden),
		cmocka_unit_test(the_frame_is_as_short_as_it_can_be),
		cmocka_unit_test(counters_fit_into_a_value_with_any_number_of_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
