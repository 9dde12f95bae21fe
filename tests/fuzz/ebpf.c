// SPDX-License-Identifier: BSD-2-Clause
#include "ebpf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define STACK_BYTES 512

/* The address of the packet, for programs that handle it as a number. */
#define DATA_ADDRESS UINT64_C(0xffff888000000000)

const struct skw_skb_access ebpf_access = {
	.cast_ctx = 1001,
	.cast_rdonly = 1002,
	.bytes = 1,
	.bytes_len = 5, /* so that small packets have bytes before it and behind it */
	.data = 200,
	.len = 112,
	.data_len = 116,
};

enum kind { NOTHING, SCALAR, PTR_CTX, PTR_STACK, PTR_MAP, PTR_VALUE, PTR_SKB, PTR_BYTES };

struct reg {
	enum kind kind;
	uint64_t v; /* for a pointer, the offset into its target */
};

struct machine {
	struct reg r[11];
	uint8_t stack[STACK_BYTES];
	bool written[STACK_BYTES];
	struct ebpf_run *run;
	bool bad, done;
	bool asked_cpu;
};

static uint64_t scalar(struct machine *m, unsigned int reg)
{
	if (reg > 10 || m->r[reg].kind != SCALAR)
		m->bad = true;
	return reg > 10 ? 0 : m->r[reg].v;
}

static void set(struct machine *m, unsigned int reg, uint64_t v)
{
	if (reg > 9)
		m->bad = true;
	else
		m->r[reg] = (struct reg){ SCALAR, v };
}

static void clobber(struct machine *m)
{
	for (int i = 1; i <= 5; i++)
		m->r[i].kind = NOTHING;
}

static void finish(struct machine *m, uint64_t verdict)
{
	m->run->verdict = (uint32_t)verdict;
	m->done = true;
}

/*
 * LD_ABS and LD_IND load bytes of the packet. For the kernel, offsets from 0x80000000 on are
 * negative and lead to other headers. For libpcap they are out of range, and so is a sum that
 * overflows.
 */
static void load_packet(struct machine *m, const struct bpf_insn *in)
{
	uint32_t base = BPF_MODE(in->code) == BPF_IND ? (uint32_t)scalar(m, in->src_reg) : 0;
	uint32_t off = base + (uint32_t)in->imm, v = 0;
	uint32_t size = BPF_SIZE(in->code) == BPF_W ? 4 : BPF_SIZE(in->code) == BPF_H ? 2 : 1;

	if (m->r[BPF_REG_6].kind != PTR_CTX || BPF_SIZE(in->code) == BPF_DW)
		m->bad = true;
	if ((uint64_t)base + (uint32_t)in->imm != off || off > INT32_MAX)
		m->run->kernel_only = true;
	clobber(m);
	if ((uint64_t)off + size > m->run->len || off > INT32_MAX) {
		finish(m, 0);
		return;
	}
	for (uint32_t i = 0; i < size; i++)
		v = v << 8 | m->run->packet[off + i];
	set(m, BPF_REG_0, v);
}

static uint32_t size_of(const struct bpf_insn *in)
{
	switch (BPF_SIZE(in->code)) {
	case BPF_DW:
		return 8;
	case BPF_W:
		return 4;
	case BPF_H:
		return 2;
	default:
		return 1;
	}
}

/* Returns the place that a pointer and an offset lead to, or NULL if the access is not allowed. */
static uint8_t *address(struct machine *m, unsigned int reg, int off, uint32_t size, bool write)
{
	uint64_t at = reg <= 10 ? m->r[reg].v + (uint64_t)(int64_t)off : 0;
	uint8_t *base = NULL;
	uint64_t limit = 0;

	switch (reg <= 10 ? m->r[reg].kind : NOTHING) {
	case PTR_STACK:
		base = m->stack;
		limit = STACK_BYTES;
		break;
	case PTR_VALUE:
		m->run->key = (uint32_t)(at / sizeof(m->run->counters));
		at %= sizeof(m->run->counters);
		base = m->run->key < m->run->slots ? (uint8_t *)&m->run->counters : NULL;
		limit = sizeof(m->run->counters);
		break;
	case PTR_CTX:
		base = (uint8_t *)&m->run->skb;
		limit = sizeof(m->run->skb);
		if (size != 4 || (write && (at < offsetof(struct __sk_buff, cb) ||
					    at >= offsetof(struct __sk_buff, hash))))
			return NULL;
		break;
	default:
		break;
	}
	return base && size && at < limit && at + size <= limit && at % size == 0 ? base + at
										  : NULL;
}

/* The kernel's struct sk_buff. Programs read only three of its members. */
static void load_skb(struct machine *m, const struct bpf_insn *in)
{
	if (in->off == ebpf_access.data && size_of(in) == 8)
		set(m, in->dst_reg, DATA_ADDRESS);
	else if (in->off == ebpf_access.len && size_of(in) == 4)
		set(m, in->dst_reg, m->run->len);
	else if (in->off == ebpf_access.data_len && size_of(in) == 4)
		set(m, in->dst_reg, m->run->len - m->run->linear);
	else
		m->bad = true;
}

/* The kernel returns zeros for a wild address. Here it is an error. */
static void load_bytes(struct machine *m, const struct bpf_insn *in)
{
	const struct reg *r = &m->r[in->src_reg];
	uint32_t size = size_of(in), word = 0;
	uint64_t at = r->v + (uint64_t)(int64_t)in->off - DATA_ADDRESS;
	uint16_t half = 0;

	if (in->off < 0 || (uint32_t)in->off + size > ebpf_access.bytes_len ||
	    at >= m->run->linear || at + size > m->run->linear) {
		m->bad = true;
		return;
	}
	if (size == 4)
		memcpy(&word, m->run->packet + at, 4);
	if (size == 2)
		memcpy(&half, m->run->packet + at, 2);
	set(m, in->dst_reg, size == 4 ? word : size == 2 ? half : m->run->packet[at]);
}

static void load_mem(struct machine *m, const struct bpf_insn *in)
{
	if (in->src_reg <= 10 && m->r[in->src_reg].kind == PTR_SKB) {
		load_skb(m, in);
		return;
	}
	if (in->src_reg <= 10 && m->r[in->src_reg].kind == PTR_BYTES) {
		load_bytes(m, in);
		return;
	}
	uint32_t size = size_of(in);
	const uint8_t *p = address(m, in->src_reg, in->off, size, false);
	uint64_t v = 0;

	if (!p || size < 4) {
		m->bad = true;
		return;
	}
	/*
	 * The value goes into A, so the expression asks for it. libpcap's interpreter knows only
	 * the length.
	 */
	if (m->r[in->src_reg].kind == PTR_CTX && in->dst_reg == BPF_REG_0 &&
	    in->off != offsetof(struct __sk_buff, len))
		m->run->kernel_only = true;
	if (m->r[in->src_reg].kind == PTR_STACK)
		for (uint32_t i = 0; i < size; i++)
			if (!m->written[(size_t)(p - m->stack) + i])
				m->bad = true;
	memcpy(&v, p, size);
	if (size == 4) {
		uint32_t half;

		memcpy(&half, p, 4);
		v = half;
	}
	set(m, in->dst_reg, v);
}

static void store_mem(struct machine *m, const struct bpf_insn *in)
{
	uint32_t size = size_of(in);
	uint8_t *p = address(m, in->dst_reg, in->off, size, true);
	uint64_t v = scalar(m, in->src_reg);
	uint32_t half = (uint32_t)v;

	if (!p || size < 4) {
		m->bad = true;
		return;
	}
	if (m->r[in->dst_reg].kind == PTR_STACK)
		memset(m->written + (p - m->stack), 1, size);
	memcpy(p, size == 8 ? (const void *)&v : (const void *)&half, size);
}

static uint32_t alu32(struct machine *m, const struct bpf_insn *in, uint32_t a, uint32_t b)
{
	/* The kernel uses the lower five bits. In libpcap the result of such a shift is 0. */
	if ((BPF_OP(in->code) == BPF_LSH || BPF_OP(in->code) == BPF_RSH) && b > 31) {
		m->run->kernel_only = true;
		m->bad |= BPF_SRC(in->code) == BPF_K;
	}
	switch (BPF_OP(in->code)) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		m->bad |= !b && BPF_SRC(in->code) == BPF_K;
		return b ? a / b : 0;
	case BPF_MOD:
		m->bad |= !b && BPF_SRC(in->code) == BPF_K;
		return b ? a % b : a;
	case BPF_OR:
		return a | b;
	case BPF_AND:
		return a & b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << (b & 31);
	case BPF_RSH:
		return a >> (b & 31);
	case BPF_NEG:
		return -a;
	case BPF_MOV:
		return b;
	default:
		m->bad = true;
		return 0;
	}
}

static void alu(struct machine *m, const struct bpf_insn *in)
{
	bool from_reg = BPF_SRC(in->code) == BPF_X && BPF_OP(in->code) != BPF_END;
	uint32_t b = from_reg ? (uint32_t)scalar(m, in->src_reg) : (uint32_t)in->imm;
	uint32_t a = BPF_OP(in->code) == BPF_MOV ? 0 : (uint32_t)scalar(m, in->dst_reg);

	if (BPF_OP(in->code) == BPF_END) {
		if (BPF_SRC(in->code) != BPF_TO_BE || (in->imm != 16 && in->imm != 32))
			m->bad = true;
		set(m, in->dst_reg, in->imm == 16 ? ntohs((uint16_t)a) : ntohl(a));
	} else {
		/* The sum X + k of a load in place. */
		if (in->code == (BPF_ALU | BPF_ADD | BPF_K) && in->dst_reg == BPF_REG_1 &&
		    a + b < a)
			m->run->kernel_only = true;
		set(m, in->dst_reg, alu32(m, in, a, b));
	}
}

/* Used only for pointers, the counter, and lengths and addresses that are handled as numbers. */
static void alu64(struct machine *m, const struct bpf_insn *in)
{
	bool minus = BPF_OP(in->code) == BPF_SUB;
	uint64_t b = (uint64_t)(int64_t)in->imm;

	if (in->dst_reg > 9 || in->src_reg > 10) {
		m->bad = true;
		return;
	}
	struct reg *dst = &m->r[in->dst_reg];

	if (in->code == (BPF_ALU64 | BPF_MOV | BPF_X) && m->r[in->src_reg].kind != NOTHING) {
		*dst = m->r[in->src_reg];
	} else if (BPF_OP(in->code) == BPF_ADD || minus) {
		if (BPF_SRC(in->code) == BPF_X)
			b = scalar(m, in->src_reg);
		m->bad |= dst->kind != SCALAR && dst->kind != PTR_VALUE;
		dst->v = minus ? dst->v - b : dst->v + b;
	} else {
		m->bad = true;
	}
}

static void call(struct machine *m, int helper)
{
	switch (helper) {
	case BPF_FUNC_tail_call:
		if (m->r[1].kind != PTR_CTX || m->r[2].kind != PTR_MAP || scalar(m, 3) != 0)
			m->bad = true;
		m->run->tail_called = true;
		finish(m, 0);
		break;
	case BPF_FUNC_get_smp_processor_id:
		clobber(m);
		set(m, BPF_REG_0, EBPF_CPU);
		m->run->kernel_only |= !m->run->counts || m->asked_cpu;
		m->asked_cpu = true;
		break;
	case BPF_FUNC_get_prandom_u32:
		m->run->kernel_only = true;
		clobber(m);
		set(m, BPF_REG_0, 1);
		break;
	default:
		m->bad = true;
	}
}

static void call_kernel(struct machine *m, int function)
{
	if (function == ebpf_access.cast_ctx) {
		m->bad |= m->r[1].kind != PTR_CTX;
		clobber(m);
		m->r[0] = (struct reg){ PTR_SKB, 0 };
	} else if (function == ebpf_access.cast_rdonly) {
		uint64_t address_of = scalar(m, 1);

		m->bad |= scalar(m, 2) != (uint64_t)ebpf_access.bytes;
		clobber(m);
		m->r[0] = (struct reg){ PTR_BYTES, address_of };
	} else {
		m->bad = true;
	}
}

static bool condition(struct machine *m, const struct bpf_insn *in)
{
	uint32_t a, b;

	/* 64-bit tests compare lengths before a load in place. */
	if (in->code == (BPF_JMP | BPF_JSLT | BPF_K))
		return (int64_t)scalar(m, in->dst_reg) < in->imm;
	if (in->code == (BPF_JMP | BPF_JSGT | BPF_X))
		return (int64_t)scalar(m, in->dst_reg) > (int64_t)scalar(m, in->src_reg);
	if (BPF_CLASS(in->code) != BPF_JMP32)
		m->bad = true;
	a = (uint32_t)scalar(m, in->dst_reg);
	b = BPF_SRC(in->code) == BPF_X ? (uint32_t)scalar(m, in->src_reg) : (uint32_t)in->imm;
	switch (BPF_OP(in->code)) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSET:
		return a & b;
	default:
		m->bad = true;
		return false;
	}
}

static void load_map(struct machine *m, const struct bpf_insn *in)
{
	bool value = in->src_reg == BPF_PSEUDO_MAP_VALUE;

	m->bad |= (!value && in->src_reg != BPF_PSEUDO_MAP_FD) || in->dst_reg > 9;
	m->r[in->dst_reg % 10] = value ? (struct reg){ PTR_VALUE, (uint32_t)in[1].imm }
				       : (struct reg){ PTR_MAP, (uint32_t)in->imm };
}

/* Returns how many instructions to skip. */
static int step(struct machine *m, const struct bpf_insn *in)
{
	switch (BPF_CLASS(in->code)) {
	case BPF_LD:
		if (in->code == (BPF_LD | BPF_IMM | BPF_DW)) {
			load_map(m, in);
			return 1;
		}
		load_packet(m, in);
		return 0;
	case BPF_LDX:
		load_mem(m, in);
		return 0;
	case BPF_STX:
		store_mem(m, in);
		return 0;
	case BPF_ALU:
		alu(m, in);
		return 0;
	case BPF_ALU64:
		alu64(m, in);
		return 0;
	case BPF_JMP:
	case BPF_JMP32:
		if (in->code == (BPF_JMP | BPF_EXIT))
			finish(m, scalar(m, 0));
		else if (in->code == (BPF_JMP | BPF_CALL) && in->src_reg == BPF_PSEUDO_KFUNC_CALL)
			call_kernel(m, in->imm);
		else if (in->code == (BPF_JMP | BPF_CALL))
			call(m, in->imm);
		else if (in->code == (BPF_JMP | BPF_JA) || condition(m, in))
			return in->off;
		return 0;
	default:
		m->bad = true;
		return 0;
	}
}

int ebpf_interpret(const struct bpf_insn *insns, size_t len, struct ebpf_run *run)
{
	struct machine m = { .run = run };
	size_t pc = 0;

	run->skb.len = run->len;
	m.r[1] = (struct reg){ PTR_CTX, 0 };
	m.r[10] = (struct reg){ PTR_STACK, STACK_BYTES };
	/* The loop ends, because ebpf_is_connected() makes sure that all jumps go forward. */
	while (!m.done && !m.bad && pc < len)
		pc += 1 + (size_t)step(&m, &insns[pc]);
	return m.done && !m.bad ? 0 : -EFAULT;
}

static bool is_wide(const struct bpf_insn *in)
{
	return in->code == (BPF_LD | BPF_IMM | BPF_DW);
}

bool ebpf_is_connected(const struct bpf_insn *insns, size_t len)
{
	SKW_AUTO_FREE bool *reached = calloc(len + 1, sizeof(*reached));

	if (!reached)
		abort();
	reached[0] = true;
	for (size_t i = 0; i < len; i++) {
		const struct bpf_insn *in = &insns[i];
		bool jump = BPF_CLASS(in->code) == BPF_JMP || BPF_CLASS(in->code) == BPF_JMP32;
		bool exit = in->code == (BPF_JMP | BPF_EXIT);
		bool call_helper = in->code == (BPF_JMP | BPF_CALL);

		if (!reached[i])
			return false;
		if (jump && !exit && !call_helper) {
			if (in->off < 0 || i + 1 + (size_t)in->off >= len)
				return false;
			reached[i + 1 + (size_t)in->off] = true;
		}
		if (is_wide(in))
			i++;
		if (!exit && in->code != (BPF_JMP | BPF_JA)) {
			if (i + 1 >= len)
				return false;
			reached[i + 1] = true;
		}
	}
	return true;
}
