// SPDX-License-Identifier: BSD-2-Clause
#include "filter/offline.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "util/cleanup.h"

struct skw_offline_filter {
	struct bpf_program program; /* libpcap's, freed by pcap_freecode() */
	struct skw_cbpf view;       /* the same instructions, lent */
};

_Static_assert(sizeof(struct skw_cbpf_insn) == sizeof(struct bpf_insn), "classic instruction");
_Static_assert(offsetof(struct skw_cbpf_insn, jt) == offsetof(struct bpf_insn, jt), "jt");
_Static_assert(offsetof(struct skw_cbpf_insn, jf) == offsetof(struct bpf_insn, jf), "jf");
_Static_assert(offsetof(struct skw_cbpf_insn, k) == offsetof(struct bpf_insn, k), "k");

static void close_handle(pcap_t **handle)
{
	if (*handle)
		pcap_close(*handle);
}

int skw_offline_filter_compile(const char *expr, int dlt, uint32_t snaplen, bool optimize,
			       struct skw_offline_filter **out, struct skw_error *err)
{
	SKW_CLEANUP(close_handle) pcap_t *handle = pcap_open_dead(dlt, (int)snaplen);
	SKW_AUTO_FREE struct skw_offline_filter *filter = calloc(1, sizeof(*filter));

	if (!handle || !filter)
		return skw_error_set(err, -ENOMEM, "filter: out of memory");
	/*
	 * A file has no netmask. With 0, which tcpdump uses, too, `ip broadcast` means
	 * 255.255.255.255.
	 */
	if (pcap_compile(handle, &filter->program, expr, optimize, 0) < 0)
		return skw_error_usage(err, "filter \"%s\": %s", expr, pcap_geterr(handle));
	filter->view.insns = (struct skw_cbpf_insn *)filter->program.bf_insns;
	filter->view.len = filter->program.bf_len;
	*out = SKW_TAKE_PTR(filter);
	return 0;
}

int skw_offline_filter_take(struct skw_cbpf_insn *insns, size_t len,
			    struct skw_offline_filter **out)
{
	struct skw_offline_filter *filter = calloc(1, sizeof(*filter));

	if (!filter) {
		free(insns);
		return -ENOMEM;
	}
	filter->view = (struct skw_cbpf){ insns, len };
	filter->program.bf_insns = (struct bpf_insn *)insns;
	filter->program.bf_len = (unsigned int)len;
	*out = filter;
	return 0;
}

void skw_offline_filter_free(struct skw_offline_filter *filter)
{
	if (!filter)
		return;
	pcap_freecode(&filter->program);
	free(filter);
}

bool skw_offline_filter_match(const struct skw_offline_filter *filter,
			      const struct skw_packet *packet)
{
	const struct pcap_pkthdr header = { .caplen = packet->caplen, .len = packet->len };

	return pcap_offline_filter(&filter->program, &header, packet->data) != 0;
}

const struct skw_cbpf *skw_offline_filter_program(const struct skw_offline_filter *filter)
{
	return &filter->view;
}
