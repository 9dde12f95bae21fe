/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversations for the tests of recognisers: what both ends say becomes packets, and the messages
 * become lines of text. Each conversation is told in one piece and byte by byte, over a connection
 * with its SYN and over one that was open before, and must give the same messages.
 *
 *	static const struct said talk[] = { ASK("GET / HTTP/1.1\r\n\r\n"),
 *					    SAY("HTTP/1.1 204 No\r\n\r\n") };
 *	expect(talk, SKW_ARRAY_SIZE(talk), "http|GET /|204|answered|18|19|1000\n");
 *
 * A line is protocol|kind|status|outcome|request bytes|answer bytes|latency in us, then "|error"
 *and
 * "|holes N" where they apply. The times of what is said are 1 ms apart.
 */
#ifndef SKW_TESTS_MESSAGE_WORLD_H
#define SKW_TESTS_MESSAGE_WORLD_H

#include <netinet/tcp.h>
#include <stdio.h>

#include "flow_frames.h"
#include "message/known/recognisers.h"
#include "message/messages.h"
#include "util/buf.h"

/* The words of one end; without bytes, `lost` of them are missing. */
struct said {
	bool by_client;
	const char *bytes;
	size_t len;
	size_t lost;
};

#define ASK(literal)                                                                               \
	{                                                                                          \
		true, literal, sizeof(literal) - 1, 0                                              \
	}
#define SAY(literal)                                                                               \
	{                                                                                          \
		false, literal, sizeof(literal) - 1, 0                                             \
	}
#define ASK_LOST(n)                                                                                \
	{                                                                                          \
		true, NULL, 0, n                                                                   \
	}
#define SAY_LOST(n)                                                                                \
	{                                                                                          \
		false, NULL, 0, n                                                                  \
	}

struct world {
	struct skw_messages *m;
	struct skw_buf text;
	uint32_t seq[2]; /* of the server and of the client */
	uint64_t now_ns;
	uint16_t port; /* of the server */
	uint16_t client_port;
	bool udp;
};

#define WORLD_START_NS 1700000000000000000ULL

static int world_line(void *ctx, const struct skw_message *m)
{
	static const char *const outcomes[] = { "answered", "unanswered", "orphan", "one_way" };
	struct skw_buf *out = ctx;

	skw_buf_printf(out, "%s|%s|%s|%s|%llu|%llu|", m->protocol, m->kind, m->status,
		       outcomes[m->outcome], (unsigned long long)m->request_bytes,
		       (unsigned long long)m->answer_bytes);
	if (m->latency_ns == SKW_MESSAGE_UNKNOWN)
		skw_buf_add_str(out, "-");
	else
		skw_buf_printf(out, "%llu", (unsigned long long)m->latency_ns / 1000);
	if (m->error)
		skw_buf_add_str(out, "|error");
	if (m->holes)
		skw_buf_printf(out, "|holes %u", m->holes);
	skw_buf_add_char(out, '\n');
	return 0;
}

static inline void world_begin(struct world *w, bool content)
{
	const struct skw_messages_options opt = { .key = { 1, 2 },
						  .max_bytes = 1 << 24,
						  .recognisers = skw_recognisers,
						  .wanted = UINT64_MAX,
						  .content = content,
						  .take = world_line,
						  .ctx = &w->text };

	*w = (struct world){
		.now_ns = WORLD_START_NS, .seq = { 5000, 1000 }, .port = 80, .client_port = 40000
	};
	assert_int_equal(skw_messages_new(&opt, &w->m), 0);
}

static inline void world_free(struct world *w)
{
	skw_messages_free(w->m);
	skw_buf_free(&w->text);
}

static inline void world_packet(struct world *w, bool by_client, uint8_t flags, const void *bytes,
				size_t len)
{
	struct frame f = { .n = 0 };
	uint32_t seq = w->seq[by_client], ack = w->seq[!by_client];

	put_ipv4(&f, w->udp ? IPPROTO_UDP : IPPROTO_TCP, (unsigned)((w->udp ? 8 : 20) + len), 0);
	if (!by_client)
		memcpy(f.bytes + 12, DST4 SRC4, 8);
	put16(&f, by_client ? w->client_port : w->port);
	put16(&f, by_client ? w->port : w->client_port);
	if (w->udp) {
		put16(&f, (unsigned)(8 + len));
		PUT(&f, "\0\0");
	} else {
		put16(&f, seq >> 16);
		put16(&f, seq & 0xffff);
		put16(&f, ack >> 16);
		put16(&f, ack & 0xffff);
		put16(&f, 0x5000u | flags);
		PUT(&f, "\1\0\0\0\0\0");
	}
	put(&f, bytes, len);
	w->seq[by_client] += (uint32_t)len + !!(flags & (TH_SYN | TH_FIN));

	const struct skw_packet pkt = {
		.ts_ns = w->now_ns, .data = f.bytes, .caplen = f.n, .len = f.n, .dlt = DLT_RAW
	};

	assert_int_equal(skw_messages_take(w->m, &pkt), 0);
}

static inline void world_open(struct world *w)
{
	world_packet(w, true, TH_SYN, "", 0);
	world_packet(w, false, TH_SYN | TH_ACK, "", 0);
	world_packet(w, true, TH_ACK, "", 0);
}

/* In pieces of `most` bytes. */
static inline void world_say(struct world *w, const struct said *s, size_t most)
{
	w->now_ns += 1000000;
	if (!s->bytes) {
		/* The other end has it, so nobody waits for it. */
		w->seq[s->by_client] += (uint32_t)s->lost;
		world_packet(w, !s->by_client, TH_ACK, "", 0);
	}
	for (size_t at = 0; at < s->len; at += most)
		world_packet(w, s->by_client, TH_ACK, s->bytes + at,
			     s->len - at < most ? s->len - at : most);
}

static inline void world_close(struct world *w)
{
	w->now_ns += 1000000;
	world_packet(w, false, TH_FIN | TH_ACK, "", 0);
	world_packet(w, true, TH_FIN | TH_ACK, "", 0);
	world_packet(w, false, TH_ACK, "", 0);
}

/* The messages of a conversation, in the order in which they were told. The caller frees them. */
static inline char *world_tell(const struct said *talk, size_t n, size_t most, bool from_start,
			       bool content)
{
	struct world w;
	char *text;

	world_begin(&w, content);
	if (from_start)
		world_open(&w);
	for (size_t i = 0; i < n; i++)
		world_say(&w, &talk[i], most);
	if (from_start)
		world_close(&w);
	assert_int_equal(skw_messages_stop(w.m), 0);
	assert_int_equal(skw_messages_memory(w.m) < 1 << 14, 1);
	skw_buf_add_char(&w.text, '\0');
	text = strdup((const char *)w.text.data);
	assert_non_null(text);
	world_free(&w);
	return text;
}

static inline void expect_cut(const struct said *talk, size_t n, size_t most, bool from_start,
			      const char *lines)
{
	char *text = world_tell(talk, n, most, from_start, false);

	assert_string_equal(text, lines);
	free(text);
}

/* The conversation gives these lines, however it is cut. */
static inline void expect(const struct said *talk, size_t n, const char *lines)
{
	static const size_t cuts[] = { 1400, 1, 2, 3, 7, 16, 61 };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(cuts); i++) {
		expect_cut(talk, n, cuts[i], true, lines);
		expect_cut(talk, n, cuts[i], false, lines);
	}
}

#define EXPECT(talk, lines) expect(talk, SKW_ARRAY_SIZE(talk), lines)

#endif
