// SPDX-License-Identifier: BSD-2-Clause
/*
 * Packets to a summary. The first byte tells the memory that the table may take. Each record of 16
 * bytes makes a segment of one of four connections, with near sequence numbers, SACK and
 * timestamps; a record that begins with 0xff is the begin of a packet of any kind. No packet may be
 * left out of the sums, the memory has its limit, and figures must fit together.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pcap/dlt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/conversations.h"
#include "format/format_summary.h"
#include "util/buf.h"
#include "util/cleanup.h"

#define RECORD  16
#define ANY     0xff
#define HEADERS (20 + 20 + 12 + 12)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_summary: %s\n", what);
	abort();
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void put_options(uint8_t *o, const uint8_t *r)
{
	static const uint8_t sack[4] = { 1, 1, TCPOPT_SACK, 10 };
	static const uint8_t stamps[4] = { 1, 1, TCPOPT_TIMESTAMP, 10 };

	memcpy(o, sack, 4);
	put32(o + 4, (uint32_t)(r[8] << 4));
	put32(o + 8, (uint32_t)(r[9] << 4));
	memcpy(o + 12, stamps, 4);
	put32(o + 16, r[10]);
	put32(o + 20, r[11]);
}

/* A segment: numbers are near each other, so that they meet, and near 0 on both sides. */
static void make_segment(uint8_t p[HEADERS], const uint8_t *r, uint32_t len)
{
	static const uint8_t ends[2][8] = { { 10, 0, 0, 1, 10, 0, 0, 2 },
					    { 10, 0, 0, 2, 10, 0, 0, 1 } };
	bool back = r[0] & 1;

	memset(p, 0, HEADERS);
	p[0] = 0x45;
	p[2] = (uint8_t)((HEADERS + len) >> 8);
	p[3] = (uint8_t)(HEADERS + len);
	p[8] = 64;
	p[9] = r[0] & 8 ? IPPROTO_UDP : IPPROTO_TCP;
	memcpy(p + 12, ends[back], 8);
	p[back ? 23 : 21] = (uint8_t)(1 + (r[0] >> 1 & 3));
	p[back ? 21 : 23] = 80;
	put32(p + 24, (uint32_t)((r[2] << 4) - 1024));
	put32(p + 28, (uint32_t)((r[3] << 4) - 1024));
	p[32] = r[0] & 16 ? 0xb0 : 0x50;
	p[33] = r[1];
	p[35] = r[4];
	put_options(p + 40, r);
}

static int take(struct skw_conversations *c, const uint8_t *r, uint64_t ns,
		const struct skw_iface *from)
{
	uint32_t len = r[0] & 16 ? r[5] : r[5] + 24U, caplen = HEADERS - (r[6] & 31);
	uint8_t bytes[HEADERS];
	struct skw_packet pkt = { .ts_ns = r[7] == ANY ? SKW_PACKET_TIME_UNKNOWN : ns,
				  .dlt = DLT_RAW,
				  .from = from };

	if (r[0] == ANY) {
		caplen = RECORD - 1;
		memcpy(bytes, r + 1, RECORD - 1);
		pkt.len = 1500;
	} else {
		make_segment(bytes, r, len);
		pkt.len = HEADERS + len;
	}

	/* Memory of just its size, so that a sanitizer sees each byte that is read beyond. */
	SKW_AUTO_FREE uint8_t *copy = malloc(caplen);

	must(copy != NULL, "memory");
	memcpy(copy, bytes, caplen);
	pkt.data = copy;
	pkt.caplen = caplen;
	return skw_conversations_take(c, &pkt);
}

static void check_stream(const struct skw_stream *s, const struct skw_conversation_side *side)
{
	uint64_t median = skw_wire_rtt_quantile(&s->rtt, 500);
	uint64_t p99 = skw_wire_rtt_quantile(&s->rtt, 990);

	must(s->sent_again + s->out_of_order <= side->packets, "more verdicts than packets");
	must(s->rtt.len <= SKW_WIRE_RTT_BUCKETS && s->sent_len <= SKW_STREAM_SENT, "sizes");
	must(s->gaps.len <= SKW_GAPS_KEPT, "number of gaps");
	for (uint8_t i = 0; i < s->gaps.len; i++) {
		const struct skw_gap *g = &s->gaps.list[i];

		must(skw_segment_before(g->from, g->to), "an empty gap");
		must(!i || !skw_segment_before(g->from, g[-1].to), "order of gaps");
		must(!skw_segment_before(s->next, g->to), "a gap behind everything");
	}
	if (s->rtt.count)
		must(s->rtt.min_ns <= median && median <= p99, "order of times");
}

static uint64_t check_one(const struct skw_conversation *c)
{
	for (unsigned i = 0; c->streams && i < 2; i++)
		check_stream(&c->streams[i], &c->sides[i]);
	return c->sides[0].packets + c->sides[1].packets + c->copies;
}

static void print_one(struct skw_buf *text, const struct skw_conversation *c)
{
	struct skw_format_summary_widths widths = { 0 };

	skw_buf_reset(text);
	skw_format_summary_measure(&widths, c);
	skw_format_summary_text(text, c, &widths);
	skw_format_summary_json(text, c);
	skw_format_summary_csv(text, c);
	must(!text->failed && text->len > 100, "text");
}

/* Conversations that were only counted do not tell the packets of other interfaces. */
static void check(const struct skw_conversations *c, uint64_t packets, size_t max_bytes,
		  bool copies)
{
	const struct skw_conversations_rest *rest = skw_conversations_rest(c);
	size_t len = skw_conversations_len(c), bytes = 0;
	SKW_AUTO_FREE const struct skw_conversation **list = calloc(len + 1, sizeof(*list));
	struct skw_buf text = SKW_BUF_INIT;
	uint64_t sum = rest->packets + rest->others + rest->unreadable + rest->fragments;

	must(list, "memory");
	skw_conversations_list(c, list);
	for (size_t i = 0; i < len; i++) {
		sum += check_one(list[i]);
		bytes += sizeof(*list[i]) + skw_conversation_memory(list[i]);
		print_one(&text, list[i]);
	}
	must(len == 1 || bytes <= max_bytes, "memory of the table");
	must(copies ? sum <= packets : sum == packets, "sum of the packets");
	skw_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct skw_iface ifaces[2] = { { .name = "eth0" }, { .name = "br0" } };
	struct skw_conversations_options opt = { .key = { 1, 2 } };
	struct skw_conversations *c;
	uint64_t ns = 1700000000000000000ULL, packets = 0;
	bool copies = false;

	if (!size)
		return 0;
	opt.max_bytes = data[0] << 8;
	must(!skw_conversations_new(&opt, &c), "memory");
	for (size_t at = 1; size - at >= RECORD; at += RECORD) {
		const uint8_t *r = data + at;

		ns += (uint64_t)r[7] * r[7] * 10000;
		copies |= r[12] & 1;
		must(!take(c, r, r[13] == ANY ? ns - 1000000000 : ns, &ifaces[r[12] & 1]), "taken");
		packets++;
	}
	check(c, packets, opt.max_bytes, copies);
	skw_conversations_free(c);
	return 0;
}
