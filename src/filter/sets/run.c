// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/run.h"

#include <linux/filter.h>

#include "util/bytes.h"

struct machine {
	uint32_t a, x;
	uint32_t mem[BPF_MEMWORDS];
	/* The words that the tests in sets before this one have found. */
	uint32_t key[SKW_CBPF_SET_WORDS];
	const uint8_t *data;
	uint32_t caplen, len;
};

/* Reads bytes of the packet. Returns false if it does not have them. */
static inline bool read_bytes(const struct machine *m, uint16_t code, uint64_t at, uint32_t *out)
{
	uint32_t bytes = BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;

	if (at + bytes > m->caplen)
		return false;
	const uint8_t *p = m->data + at;
	*out = bytes == 4 ? skw_bytes_be32(p) : bytes == 2 ? skw_bytes_be16(p) : *p;
	return true;
}

/* Each returns false if the program ends with 0. */
static bool load_a(struct machine *m, const struct skw_cbpf_insn *in)
{
	switch (BPF_MODE(in->code)) {
	case BPF_ABS:
		return read_bytes(m, in->code, in->k, &m->a);
	case BPF_IND:
		return read_bytes(m, in->code, (uint64_t)m->x + in->k, &m->a);
	case BPF_LEN:
		m->a = m->len;
		return true;
	case BPF_IMM:
		m->a = in->k;
		return true;
	default:
		m->a = m->mem[in->k % BPF_MEMWORDS];
		return true;
	}
}

static bool load_x(struct machine *m, const struct skw_cbpf_insn *in)
{
	switch (BPF_MODE(in->code)) {
	case BPF_MSH:
		if (!read_bytes(m, in->code, in->k, &m->x))
			return false;
		m->x = (m->x & 0xf) << 2;
		return true;
	case BPF_LEN:
		m->x = m->len;
		return true;
	case BPF_IMM:
		m->x = in->k;
		return true;
	default:
		m->x = m->mem[in->k % BPF_MEMWORDS];
		return true;
	}
}

static bool compute(struct machine *m, const struct skw_cbpf_insn *in)
{
	uint32_t by = BPF_SRC(in->code) == BPF_X ? m->x : in->k;

	switch (BPF_OP(in->code)) {
	case BPF_ADD:
		m->a += by;
		break;
	case BPF_SUB:
		m->a -= by;
		break;
	case BPF_MUL:
		m->a *= by;
		break;
	case BPF_DIV:
		m->a = by ? m->a / by : 0;
		return by;
	case BPF_MOD:
		m->a = by ? m->a % by : 0;
		return by;
	case BPF_AND:
		m->a &= by;
		break;
	case BPF_OR:
		m->a |= by;
		break;
	case BPF_XOR:
		m->a ^= by;
		break;
	case BPF_LSH:
		m->a = by < 32 ? m->a << by : 0;
		break;
	case BPF_RSH:
		m->a = by < 32 ? m->a >> by : 0;
		break;
	default:
		m->a = -m->a;
	}
	return true;
}

static bool is_in_set(struct machine *m, const struct skw_set_index *index)
{
	m->key[index->set->words - 1] = m->a;
	return skw_set_index_has(index, m->key);
}

/* Returns how many instructions are passed over. A loop of libpcap's jumps back, by a negative
 * number. */
static int32_t jump(struct machine *m, const struct skw_cbpf_insn *in,
		    const struct skw_set_index *indexes)
{
	uint32_t with = BPF_SRC(in->code) == BPF_X ? m->x : in->k;
	bool yes;

	if (in->code == SKW_CBPF_IN)
		return is_in_set(m, &indexes[in->k]) ? in->jt : in->jf;
	switch (BPF_OP(in->code)) {
	case BPF_JA:
		return (int32_t)in->k;
	case BPF_JEQ:
		yes = m->a == with;
		break;
	case BPF_JGT:
		yes = m->a > with;
		break;
	case BPF_JGE:
		yes = m->a >= with;
		break;
	default:
		yes = m->a & with;
	}
	return yes ? in->jt : in->jf;
}

static void move(struct machine *m, const struct skw_cbpf_insn *in)
{
	if (BPF_CLASS(in->code) == BPF_ST)
		m->mem[in->k % BPF_MEMWORDS] = m->a;
	else if (BPF_CLASS(in->code) == BPF_STX)
		m->mem[in->k % BPF_MEMWORDS] = m->x;
	else if (BPF_MISCOP(in->code) == BPF_TAX)
		m->x = m->a;
	else
		m->a = m->x;
}

bool skw_sets_run(const struct skw_cbpf *p, const struct skw_set_index *indexes,
		  const uint8_t *data, uint32_t caplen, uint32_t len)
{
	struct machine m = { .data = data, .caplen = caplen, .len = len };
	bool goes_on = true;

	for (const struct skw_cbpf_insn *in = p->insns; goes_on; in++) {
		switch (BPF_CLASS(in->code)) {
		case BPF_LD:
			goes_on = load_a(&m, in);
			break;
		case BPF_LDX:
			goes_on = load_x(&m, in);
			break;
		case BPF_ALU:
			goes_on = compute(&m, in);
			break;
		case BPF_JMP:
			in += jump(&m, in, indexes);
			break;
		case BPF_RET:
			return BPF_RVAL(in->code) == BPF_A ? m.a : in->k;
		default:
			move(&m, in);
		}
	}
	return false;
}
