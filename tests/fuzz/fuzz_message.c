// SPDX-License-Identifier: BSD-2-Clause
/*
 * Conversations to messages, for all recognisers of the table. The first byte tells: UDP (1), the
 * begin was not seen (2), content (4), cut into single bytes (8), and a recogniser that is asked
 * alone (the upper bits, 0: all). Then records: a byte for the direction (1) and a hole (2), two
 * bytes for the length, and what is said. Texts must be printable, and memory has its limit.
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

#include "message/known/recognisers.h"
#include "message/messages.h"

#define HEADERS   40
#define MAX_BYTES (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	struct skw_messages *m;
	uint32_t seq[2];
	uint64_t now_ns;
	bool udp;
	uint64_t told;
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_message: %s\n", what);
	abort();
}

static void check_text(const char *text)
{
	size_t n = 0;

	for (; text[n]; n++)
		must(text[n] >= 0x20 && text[n] < 0x7f, "a text is not printable");
	must(n <= SKW_MESSAGE_KIND_LEN, "a text is too long");
}

static int take(void *ctx, const struct skw_message *m)
{
	struct world *w = ctx;

	w->told++;
	must(m->protocol && m->client && m->server, "something is NULL");
	must(m->outcome < SKW_MESSAGE_OUTCOMES, "an unknown outcome");
	must(m->outcome != SKW_MESSAGE_ANSWERED || m->latency_ns != SKW_MESSAGE_UNKNOWN,
	     "no latency");
	check_text(m->kind);
	check_text(m->status);
	return 0;
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static void send_packet(struct world *w, bool back, uint8_t flags, const uint8_t *bytes,
			uint32_t len)
{
	uint32_t headers = w->udp ? 28 : HEADERS;
	uint8_t *p = calloc(1, headers + (size_t)len);

	must(p, "no memory");
	p[0] = 0x45;
	put16(p + 2, headers + len);
	p[9] = w->udp ? IPPROTO_UDP : IPPROTO_TCP;
	put32(p + 12, back ? 2 : 1);
	put32(p + 16, back ? 1 : 2);
	put16(p + 20, back ? 80 : 40000);
	put16(p + 22, back ? 40000 : 80);
	put16(p + 24, 8 + len);
	if (!w->udp) {
		put32(p + 24, w->seq[back]);
		put32(p + 28, w->seq[!back]);
		p[32] = 0x50;
		p[33] = flags;
	}
	if (len)
		memcpy(p + headers, bytes, len);
	w->seq[back] += len + !!(flags & (TH_SYN | TH_FIN));

	const struct skw_packet pkt = { .ts_ns = w->now_ns += 1000000,
					.data = p,
					.caplen = headers + len,
					.len = headers + len,
					.dlt = DLT_RAW };

	must(skw_messages_take(w->m, &pkt) == 0, "a packet failed");
	must(skw_messages_memory(w->m) <= MAX_BYTES, "too much memory");
	free(p);
}

static void say(struct world *w, uint8_t how, const uint8_t *bytes, uint32_t len, bool single)
{
	bool back = how & 1;

	if (how & 2 && !w->udp) {
		w->seq[back] += len;
		send_packet(w, !back, TH_ACK, NULL, 0);
		return;
	}
	for (uint32_t at = 0; at < len; at += single ? 1 : len)
		send_packet(w, back, TH_ACK, bytes + at, single ? 1 : len);
}

static uint64_t wanted(uint8_t which)
{
	size_t n = 0;

	while (skw_recognisers[n])
		n++;
	return which && which <= n ? 1ULL << (which - 1) : UINT64_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { .seq = { 1000, 5000 }, .now_ns = 1 };
	uint8_t how = size ? data[0] : 0;
	const struct skw_messages_options opt = { .key = { 1, 2 },
						  .max_bytes = MAX_BYTES,
						  .recognisers = skw_recognisers,
						  .wanted = wanted(how >> 4),
						  .content = how & 4,
						  .take = take,
						  .ctx = &w };

	if (!size)
		return 0;
	must(skw_messages_new(&opt, &w.m) == 0, "no memory");
	w.udp = how & 1;
	if (!(how & 3)) {
		send_packet(&w, false, TH_SYN, NULL, 0);
		send_packet(&w, true, TH_SYN | TH_ACK, NULL, 0);
	}
	for (data++, size--; size >= 3;) {
		uint32_t len = (uint32_t)(data[1] << 8 | data[2]);
		uint32_t here = len < size - 3 ? len : (uint32_t)size - 3;
		/* A datagram comes as a whole or not at all. */
		bool lost = data[0] & 2 && !w.udp;

		say(&w, data[0], data + 3, lost ? len : here, how & 8);
		here = lost ? 0 : here;
		data += 3 + here;
		size -= 3 + here;
	}
	must(skw_messages_stop(w.m) == 0, "the end failed");
	must(skw_messages_figures(w.m)->messages == w.told, "messages are not counted");
	skw_messages_free(w.m);
	return 0;
}
