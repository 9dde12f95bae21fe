// SPDX-License-Identifier: BSD-2-Clause
/*
 * Names that are learned from packets. Records: a byte that tells UDP (1), from the server (2), a
 * SYN in front (4) and the port (the upper bits), two bytes for the length, and the payload.
 * A question is repeated as an answer would be, so that answers are asked for. Names must be
 * printable, and memory has its limit.
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
#include <sys/socket.h>

#include "asked/asked.h"

#define MAX_BYTES (1 << 16)
#define HEADERS   40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	struct skw_asked *a;
	uint32_t seq[2][16];
	uint64_t now_ns;
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_asked: %s\n", what);
	abort();
}

static void check_text(const char *text)
{
	size_t n = 0;

	for (; text[n]; n++)
		must(text[n] > 0x20 && text[n] < 0x7f, "a name is not printable");
	must(n && n <= SKW_ASKED_TEXT, "a name is empty or too long");
}

static void check_each(void *ctx, uint8_t family, const uint8_t *addr, const char *text)
{
	(void)ctx;
	(void)family;
	(void)addr;
	check_text(text);
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

static void check_names(struct world *w, const struct skw_packet *pkt, uint16_t port)
{
	struct skw_tuple t = { .family = AF_INET, .proto = IPPROTO_TCP, .local_port = 40000 };
	struct skw_asked_name name;

	t.local_addr[3] = 1;
	t.remote_addr[3] = 2;
	t.remote_port = port;
	if (skw_asked_of_server(w->a, &t, &name))
		check_text(name.text);
	if (skw_asked_of_end(w->a, &t, true, pkt->ts_ns, &name))
		check_text(name.text);
}

static void send_packet(struct world *w, uint8_t how, uint8_t flags, const uint8_t *bytes,
			uint32_t len)
{
	bool udp = how & 1, back = how & 2;
	uint16_t port = (uint16_t)(how >> 4 ? 440 + (how >> 4) : 53);
	uint32_t headers = udp ? 28 : HEADERS;
	uint8_t *p = calloc(1, headers + (size_t)len);

	must(p, "no memory");
	p[0] = 0x45;
	put16(p + 2, headers + len);
	p[9] = udp ? IPPROTO_UDP : IPPROTO_TCP;
	put32(p + 12, back ? 2 : 1);
	put32(p + 16, back ? 1 : 2);
	put16(p + 20, back ? port : 40000);
	put16(p + 22, back ? 40000 : port);
	put16(p + 24, 8 + len);
	if (!udp) {
		put32(p + 24, w->seq[back][how >> 4]);
		p[32] = 0x50;
		p[33] = flags;
		w->seq[back][how >> 4] += len + !!(flags & TH_SYN);
	}
	if (len)
		memcpy(p + headers, bytes, len);

	const struct skw_packet pkt = { .ts_ns = w->now_ns += 1000000,
					.data = p,
					.caplen = headers + len,
					.len = headers + len,
					.dlt = DLT_RAW };

	must(skw_asked_take(w->a, &pkt) == 0, "a packet failed");
	must(skw_asked_memory(w->a) <= 2 * MAX_BYTES + 4096, "too much memory");
	check_names(w, &pkt, port);
	free(p);
}

/* Sends the question of an answer first. */
static void ask(struct world *w, uint8_t how, const uint8_t *bytes, uint32_t len)
{
	uint32_t at = how & 1 ? 0 : 2;
	uint8_t *copy;

	if (how >> 4 || !(how & 2) || len < at + 12)
		return;
	copy = calloc(1, len);
	must(copy, "no memory");
	memcpy(copy, bytes, len);
	copy[at + 2] &= 0x7f;
	send_packet(w, how & ~2, TH_ACK, copy, len);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct skw_asked_options opt = { .key = { 1, 2 }, .max_bytes = MAX_BYTES };
	struct world w = { .now_ns = 1 };

	must(skw_asked_new(&opt, &w.a) == 0, "no memory");
	while (size >= 3) {
		uint32_t len = (uint32_t)(data[1] << 8 | data[2]);
		uint32_t here = len < size - 3 ? len : (uint32_t)size - 3;

		if (data[0] & 4)
			send_packet(&w, data[0] & 0xf0, TH_SYN, NULL, 0);
		ask(&w, data[0], data + 3, here);
		send_packet(&w, data[0], TH_ACK, data + 3, here);
		data += 3 + here;
		size -= 3 + here;
	}
	skw_asked_each(w.a, check_each, NULL);
	skw_asked_free(w.a);
	return 0;
}
