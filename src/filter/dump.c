// SPDX-License-Identifier: BSD-2-Clause
#include "filter/dump.h"

#include <pcap/pcap.h>

void skw_dump_text(const struct skw_cbpf *prog, struct skw_buf *out)
{
	for (size_t i = 0; i < prog->len; i++) {
		const struct skw_cbpf_insn *in = &prog->insns[i];

		if (in->code == SKW_CBPF_IN) {
			/* As libpcap prints a comparison. */
			skw_buf_printf(out, "(%03zu) %-8s set %-12u jt %zu\tjf %zu\n", i, "in",
				       in->k, i + 1 + in->jt, i + 1 + in->jf);
			continue;
		}
		const struct bpf_insn insn = { in->code, in->jt, in->jf, in->k };

		skw_buf_add_str(out, bpf_image(&insn, (int)i));
		skw_buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < prog->sets_len; i++)
		skw_buf_printf(out, "set %zu: %u values of %zu bytes\n", i, prog->sets[i].count,
			       prog->sets[i].words * sizeof(*prog->sets[i].keys));
}

void skw_dump_c(const struct skw_cbpf *prog, struct skw_buf *out)
{
	for (size_t i = 0; i < prog->len; i++)
		skw_buf_printf(out, "{ 0x%x, %d, %d, 0x%08x },\n", prog->insns[i].code,
			       prog->insns[i].jt, prog->insns[i].jf, prog->insns[i].k);
}

void skw_dump_numbers(const struct skw_cbpf *prog, struct skw_buf *out)
{
	skw_buf_printf(out, "%zu\n", prog->len);
	for (size_t i = 0; i < prog->len; i++)
		skw_buf_printf(out, "%u %u %u %u\n", prog->insns[i].code, prog->insns[i].jt,
			       prog->insns[i].jf, prog->insns[i].k);
}
