// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/pcapng_names.h"

#include <string.h>
#include <sys/socket.h>

#include "pcap/pcapng.h"

enum { RECORD_END = 0, RECORD_IPV4 = 1, RECORD_IPV6 = 2 };

static uint32_t word(const struct skw_pcapng_names *n, uint32_t v)
{
	return n->swapped ? __builtin_bswap32(v) : v;
}

static void add_head(struct skw_pcapng_names *n, uint16_t type, size_t len)
{
	uint16_t head[2] = { type, (uint16_t)len };

	if (n->swapped)
		for (unsigned i = 0; i < 2; i++)
			head[i] = __builtin_bswap16(head[i]);
	skw_buf_add(n->out, head, sizeof(head));
}

void skw_pcapng_names_begin(struct skw_pcapng_names *n, struct skw_buf *out, bool swapped)
{
	*n = (struct skw_pcapng_names){ out, out->len, swapped };

	const uint32_t head[2] = { word(n, SKW_PCAPNG_NAMES), 0 };

	skw_buf_add(out, head, sizeof(head));
}

void skw_pcapng_names_add(struct skw_pcapng_names *n, uint8_t family, const uint8_t *addr,
			  const char *text)
{
	static const uint8_t zeros[4];
	size_t addr_len = family == AF_INET ? 4 : 16, text_len = strlen(text) + 1;

	add_head(n, family == AF_INET ? RECORD_IPV4 : RECORD_IPV6, addr_len + text_len);
	skw_buf_add(n->out, addr, addr_len);
	skw_buf_add(n->out, text, text_len);
	skw_buf_add(n->out, zeros, -text_len & 3);
}

void skw_pcapng_names_end(struct skw_pcapng_names *n)
{
	uint32_t total;

	add_head(n, RECORD_END, 0);
	total = word(n, (uint32_t)(n->out->len - n->at + sizeof(total)));
	skw_buf_add(n->out, &total, sizeof(total));
	if (!n->out->failed)
		memcpy(n->out->data + n->at + 4, &total, sizeof(total));
}
