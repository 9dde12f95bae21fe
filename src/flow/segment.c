// SPDX-License-Identifier: BSD-2-Clause
#include "flow/segment.h"

#include <netinet/tcp.h>

#include "util/bytes.h"

#define TCP_MIN    20
#define SACK_BLOCK 8

static void read_sack(struct skw_bytes data, struct skw_segment *s)
{
	for (; s->sacks < SKW_SEGMENT_SACKS && skw_bytes_has(data, 0, SACK_BLOCK); s->sacks++) {
		s->sack[s->sacks].from = skw_bytes_be32(data.p);
		s->sack[s->sacks].to = skw_bytes_be32(data.p + 4);
		data = skw_bytes_skip(data, SACK_BLOCK);
	}
}

static void read_option(uint8_t kind, struct skw_bytes data, struct skw_segment *s)
{
	if (kind == TCPOPT_SACK)
		read_sack(data, s);
	/* A larger shift counts as 14 (RFC 7323, section 2.3). */
	if (kind == TCPOPT_WINDOW && skw_bytes_has(data, 0, 1))
		s->wscale = (int8_t)(data.p[0] < TCP_MAX_WINSHIFT ? data.p[0] : TCP_MAX_WINSHIFT);
	if (kind != TCPOPT_TIMESTAMP || !skw_bytes_has(data, 0, TCPOLEN_TIMESTAMP - 2))
		return;
	s->timestamps = true;
	s->tsval = skw_bytes_be32(data.p);
	s->tsecr = skw_bytes_be32(data.p + 4);
}

static void read_options(struct skw_bytes b, struct skw_segment *s)
{
	while (skw_bytes_has(b, 0, 1) && b.p[0] != TCPOPT_EOL) {
		uint8_t len = 1;

		if (b.p[0] != TCPOPT_NOP) {
			if (!skw_bytes_has(b, 0, 2) || b.p[1] < 2 || !skw_bytes_has(b, 0, b.p[1]))
				return;
			len = b.p[1];
			read_option(b.p[0], skw_bytes_skip(skw_bytes_first(b, len), 2), s);
		}
		b = skw_bytes_skip(b, len);
	}
}

void skw_segment_read(const struct skw_packet *pkt, const struct skw_flow *flow,
		      struct skw_segment *out)
{
	struct skw_bytes b = { pkt->data + flow->transport_at, pkt->caplen - flow->transport_at,
			       pkt->caplen - flow->transport_at };

	*out = (struct skw_segment){ .ts_ns = pkt->ts_ns,
				     .seq = flow->tcp.seq,
				     .ack = flow->tcp.ack,
				     .len = flow->payload_len,
				     .end = flow->tcp.seq + flow->payload_len,
				     .window = flow->tcp.window,
				     .wscale = -1,
				     .flags = flow->tcp.flags };
	if (out->flags & (TH_SYN | TH_FIN))
		out->end++;
	read_options(skw_bytes_skip(skw_bytes_first(b, flow->tcp.header_len), TCP_MIN), out);
}
