// SPDX-License-Identifier: BSD-2-Clause
#include "filter_random.h"

#include <linux/filter.h>

#include "util/cleanup.h"

/*
 * The values that k of an instruction may have. The kernel refuses to read a word of M[] that is
 * not always written before, so the program begins by writing all of them.
 */
enum k_kind { K_NONE, K_OFFSET, K_SMALL, K_ANY, K_MEM, K_SHIFT, K_NOT_ZERO, K_JUMP };

static const struct {
	uint16_t code;
	enum k_kind k;
} choices[] = {
	{ BPF_LD | BPF_ABS | BPF_W, K_OFFSET },
	{ BPF_LD | BPF_ABS | BPF_H, K_OFFSET },
	{ BPF_LD | BPF_ABS | BPF_B, K_OFFSET },
	{ BPF_LD | BPF_ABS | BPF_B, K_OFFSET },
	{ BPF_LD | BPF_IND | BPF_W, K_OFFSET },
	{ BPF_LD | BPF_IND | BPF_H, K_OFFSET },
	{ BPF_LD | BPF_IND | BPF_B, K_OFFSET },
	{ BPF_LDX | BPF_MSH | BPF_B, K_OFFSET },
	{ BPF_LD | BPF_LEN | BPF_W, K_NONE },
	{ BPF_LDX | BPF_LEN | BPF_W, K_NONE },
	{ BPF_LD | BPF_IMM, K_ANY },
	{ BPF_LDX | BPF_IMM, K_SMALL },
	{ BPF_LDX | BPF_IMM, K_ANY },
	{ BPF_LD | BPF_MEM, K_MEM },
	{ BPF_LDX | BPF_MEM, K_MEM },
	{ BPF_ST, K_MEM },
	{ BPF_STX, K_MEM },
	{ BPF_ALU | BPF_ADD | BPF_K, K_ANY },
	{ BPF_ALU | BPF_ADD | BPF_X, K_NONE },
	{ BPF_ALU | BPF_SUB | BPF_K, K_ANY },
	{ BPF_ALU | BPF_SUB | BPF_X, K_NONE },
	{ BPF_ALU | BPF_MUL | BPF_K, K_ANY },
	{ BPF_ALU | BPF_MUL | BPF_X, K_NONE },
	{ BPF_ALU | BPF_DIV | BPF_K, K_NOT_ZERO },
	{ BPF_ALU | BPF_DIV | BPF_X, K_NONE },
	{ BPF_ALU | BPF_MOD | BPF_K, K_NOT_ZERO },
	{ BPF_ALU | BPF_MOD | BPF_X, K_NONE },
	{ BPF_ALU | BPF_AND | BPF_K, K_ANY },
	{ BPF_ALU | BPF_AND | BPF_X, K_NONE },
	{ BPF_ALU | BPF_OR | BPF_K, K_ANY },
	{ BPF_ALU | BPF_OR | BPF_X, K_NONE },
	{ BPF_ALU | BPF_XOR | BPF_K, K_ANY },
	{ BPF_ALU | BPF_XOR | BPF_X, K_NONE },
	{ BPF_ALU | BPF_LSH | BPF_K, K_SHIFT },
	{ BPF_ALU | BPF_LSH | BPF_X, K_NONE },
	{ BPF_ALU | BPF_RSH | BPF_K, K_SHIFT },
	{ BPF_ALU | BPF_RSH | BPF_X, K_NONE },
	{ BPF_ALU | BPF_NEG, K_ANY },
	{ BPF_JMP | BPF_JA, K_JUMP },
	{ BPF_JMP | BPF_JEQ | BPF_K, K_ANY },
	{ BPF_JMP | BPF_JEQ | BPF_X, K_NONE },
	{ BPF_JMP | BPF_JGT | BPF_K, K_ANY },
	{ BPF_JMP | BPF_JGT | BPF_X, K_NONE },
	{ BPF_JMP | BPF_JGE | BPF_K, K_ANY },
	{ BPF_JMP | BPF_JGE | BPF_X, K_NONE },
	{ BPF_JMP | BPF_JSET | BPF_K, K_ANY },
	{ BPF_JMP | BPF_JSET | BPF_X, K_NONE },
	{ BPF_MISC | BPF_TAX, K_NONE },
	{ BPF_MISC | BPF_TXA, K_NONE },
	{ BPF_RET | BPF_K, K_SMALL },
	{ BPF_RET | BPF_A, K_NONE },
};

static const uint32_t odd_numbers[] = { 0,      1,          2,          31,         32,
					33,     0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
					0x0800, 0x45,       0xffff,     0x10000 };

static uint32_t any_number(struct test_random *r)
{
	if (test_random_below(r, 3) == 0)
		return test_random_next(r);
	return odd_numbers[test_random_below(r, SKW_ARRAY_SIZE(odd_numbers))];
}

/* SKF_AD_RANDOM is not among these, as its value differs in each run. */
static uint32_t offset(struct test_random *r)
{
	static const int ancillary[] = {
		SKF_AD_PROTOCOL,   SKF_AD_PKTTYPE,   SKF_AD_IFINDEX,  SKF_AD_NLATTR,
		SKF_AD_MARK,       SKF_AD_QUEUE,     SKF_AD_HATYPE,   SKF_AD_RXHASH,
		SKF_AD_CPU,        SKF_AD_ALU_XOR_X, SKF_AD_VLAN_TAG, SKF_AD_VLAN_TAG_PRESENT,
		SKF_AD_PAY_OFFSET, SKF_AD_VLAN_TPID
	};

	switch (test_random_below(r, 16)) {
	case 0:
		return (uint32_t)SKF_NET_OFF + test_random_below(r, 60);
	case 1:
		return (uint32_t)SKF_LL_OFF + test_random_below(r, 60);
	case 2:
	case 3:
		return (uint32_t)(SKF_AD_OFF +
				  ancillary[test_random_below(r, SKW_ARRAY_SIZE(ancillary))]);
	case 4:
		return test_random_below(r, 3000);
	case 5:
		return any_number(r);
	default:
		return test_random_below(r, 64);
	}
}

static uint32_t constant(struct test_random *r, enum k_kind kind, size_t left)
{
	switch (kind) {
	case K_OFFSET:
		return offset(r);
	case K_SMALL:
		return test_random_below(r, 40);
	case K_ANY:
		return any_number(r);
	case K_MEM:
		return test_random_below(r, BPF_MEMWORDS);
	case K_SHIFT:
		return test_random_below(r, 32);
	case K_NOT_ZERO:
		return any_number(r) | 1;
	case K_JUMP:
		return test_random_below(r, left < 4 ? (uint32_t)left : 4);
	default:
		return 0;
	}
}

static uint8_t distance(struct test_random *r, size_t left)
{
	return (uint8_t)test_random_below(r, left < 5 ? (uint32_t)left : 5);
}

/* Makes one change that the kernel may refuse. */
static void spoil(struct test_random *r, struct skw_cbpf_insn *in)
{
	switch (test_random_below(r, 5)) {
	case 0:
		in->code = (uint16_t)test_random_below(r, 0x110);
		break;
	case 1:
		in->jt = (uint8_t)test_random_next(r);
		break;
	case 2:
		in->jf = (uint8_t)test_random_next(r);
		break;
	case 3:
		in->k = any_number(r);
		break;
	default:
		in->k = (uint32_t)SKF_AD_OFF + test_random_below(r, 80);
		if (in->k == (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM))
			in->k++;
	}
}

size_t random_program(struct test_random *r, struct skw_cbpf_insn *insns)
{
	size_t len = BPF_MEMWORDS + 2 + test_random_below(r, RANDOM_PROGRAM_MAX - BPF_MEMWORDS - 2);

	for (size_t i = 0; i < len; i++) {
		size_t left = len - 1 - i;
		uint32_t c = test_random_below(r, SKW_ARRAY_SIZE(choices));

		if (i < BPF_MEMWORDS)
			insns[i] = (struct skw_cbpf_insn){ .code = BPF_ST, .k = (uint32_t)i };
		else if (!left)
			insns[i] = (struct skw_cbpf_insn){ .code = test_random_below(r, 2)
									   ? BPF_RET | BPF_A
									   : BPF_RET | BPF_K,
							   .k = test_random_below(r, 2) };
		else
			insns[i] = (struct skw_cbpf_insn){ .code = choices[c].code,
							   .jt = distance(r, left),
							   .jf = distance(r, left),
							   .k = constant(r, choices[c].k, left) };
	}
	if (test_random_below(r, 3) == 0)
		spoil(r, &insns[BPF_MEMWORDS + test_random_below(r, (uint32_t)len - BPF_MEMWORDS)]);
	return len;
}
