// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_names.h"

#include "pcap/pcapng_names.h"

void skw_record_names_free(struct skw_record_names *n)
{
	skw_asked_free(n->asked);
	n->asked = NULL;
}

int skw_record_names_take(struct skw_record_names *n, const struct skw_packet *pkt)
{
	struct skw_asked_options opt;
	int ret;

	if (!n->asked) {
		opt = *n->options;
		opt.max_bytes = SKW_RECORD_NAMES_BYTES;
		/* A file has no place for names of connections. */
		opt.only_addresses = true;
		ret = skw_asked_new(&opt, &n->asked);
		if (ret)
			return ret;
	}
	return skw_asked_take(n->asked, pkt);
}

static void add(void *ctx, uint8_t family, const uint8_t *addr, const char *text)
{
	skw_pcapng_names_add(ctx, family, addr, text);
}

void skw_record_names_block(const struct skw_record_names *n, bool swapped, struct skw_buf *out)
{
	struct skw_pcapng_names block;

	if (!n->asked || !skw_asked_figures(n->asked)->answers)
		return;
	skw_pcapng_names_begin(&block, out, swapped);
	skw_asked_each(n->asked, add, &block);
	skw_pcapng_names_end(&block);
}
