// SPDX-License-Identifier: BSD-2-Clause
#include "libpcap.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

bool libpcap_is_valid(const struct skw_cbpf *prog)
{
	return bpf_validate((const struct bpf_insn *)prog->insns, (int)prog->len);
}

bool libpcap_match(const struct skw_cbpf *prog, const uint8_t *packet, uint32_t len)
{
	SKW_AUTO_FREE struct bpf_insn *insns = calloc(BPF_MEMWORDS + prog->len, sizeof(*insns));

	if (!insns)
		abort();
	for (uint32_t k = 0; k < BPF_MEMWORDS; k++)
		insns[k] = (struct bpf_insn){ .code = BPF_ST, .k = k };
	memcpy(insns + BPF_MEMWORDS, prog->insns, prog->len * sizeof(*insns));
	return bpf_filter(insns, packet, len, len) != 0;
}
