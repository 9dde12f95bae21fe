// SPDX-License-Identifier: BSD-2-Clause
#include "filter/reach.h"

#include <linux/filter.h>
#include <stddef.h>

static bool reads_bytes(const struct skw_cbpf_insn *in)
{
	int class = BPF_CLASS(in->code), mode = BPF_MODE(in->code);

	if (class == BPF_LD)
		return mode == BPF_IND || (mode == BPF_ABS && in->k < (uint32_t)SKF_AD_OFF);
	return class == BPF_LDX && mode == BPF_MSH;
}

/* All jumps go forward, so one pass in order is enough. */
static void spread(const struct skw_cbpf *prog, bool *reachable)
{
	for (size_t i = 0; i < prog->len; i++) {
		const struct skw_cbpf_insn *in = &prog->insns[i];

		if (!reachable[i] || BPF_CLASS(in->code) == BPF_RET)
			continue;
		if (BPF_CLASS(in->code) != BPF_JMP) {
			reachable[i + 1] = true;
		} else if (BPF_OP(in->code) == BPF_JA) {
			reachable[i + 1 + in->k] = true;
		} else {
			reachable[i + 1 + in->jt] = true;
			reachable[i + 1 + in->jf] = true;
		}
	}
}

void skw_reach_from_start(const struct skw_cbpf *prog, bool *reachable)
{
	reachable[0] = true;
	spread(prog, reachable);
}

void skw_reach_from_loads(const struct skw_cbpf *prog, const bool *from, bool *reachable)
{
	for (size_t i = 0; i < prog->len; i++)
		reachable[i] = from[i] && reads_bytes(&prog->insns[i]);
	spread(prog, reachable);
}

bool skw_reach_reads_bytes(const struct skw_cbpf *prog)
{
	for (size_t i = 0; i < prog->len; i++)
		if (reads_bytes(&prog->insns[i]))
			return true;
	return false;
}
