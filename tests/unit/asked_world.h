/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of DNS and TCP for the tests of names, and what is known by them. */
#ifndef SKW_TESTS_ASKED_WORLD_H
#define SKW_TESTS_ASKED_WORLD_H

#include <netinet/tcp.h>
#include <stdio.h>

#include "asked/asked.h"
#include "flow_frames.h"

#define CLIENT    "\x0a\0\0\1"
#define RESOLVER  "\x0a\0\0\x35"
#define WEB       "\x0a\0\0\x50"
#define WEB2      "\x0a\0\0\x51"
#define CLIENT6   "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
#define RESOLVER6 "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x35"

#define SECOND    1000000000ULL
#define START     (1700000000 * SECOND)
#define IN_A      "\0\1\0\1"
#define IN_AAAA   "\0\x1c\0\1"
#define WWW       "\3www\7example\3org\0"
#define AGAIN     "\xc0\x0c"
#define TTL       "\0\0\0\1"
#define A(addr)   AGAIN IN_A TTL "\0\4" addr

struct world {
	struct skw_asked *a;
	uint64_t now_ns;
};

static inline void begin(struct world *w, size_t max_bytes, bool live)
{
	const struct skw_asked_options opt = { .key = { 1, 2 },
					       .max_bytes = max_bytes,
					       .live = live };

	*w = (struct world){ .now_ns = START };
	assert_int_equal(skw_asked_new(&opt, &w->a), 0);
}

static inline void put_head(struct frame *f, uint8_t proto, const char *src, const char *dst,
			    bool six, size_t payload)
{
	if (six) {
		put_ipv6(f, proto, (unsigned)payload);
		f->n -= 32;
		put(f, src, 16);
		put(f, dst, 16);
	} else {
		put_ipv4(f, proto, (unsigned)payload, 0);
		f->n -= 8;
		put(f, src, 4);
		put(f, dst, 4);
	}
}

static inline void take(struct world *w, const struct frame *f, uint8_t direction)
{
	const struct skw_packet pkt = { .ts_ns = w->now_ns,
					.data = f->bytes,
					.caplen = f->n,
					.len = f->n,
					.dlt = DLT_RAW,
					.direction = direction };

	assert_int_equal(skw_asked_take(w->a, &pkt), 0);
}

static inline void send_udp(struct world *w, const char *src, unsigned sport, const char *dst,
			    unsigned dport, const void *bytes, size_t len)
{
	struct frame f = { .n = 0 };

	put_head(&f, IPPROTO_UDP, src, dst, false, 8 + len);
	put16(&f, sport);
	put16(&f, dport);
	put16(&f, (unsigned)(8 + len));
	PUT(&f, "\0\0");
	put(&f, bytes, len);
	take(w, &f, SKW_DIR_UNKNOWN);
}

static inline void send_tcp(struct world *w, const char *src, unsigned sport, const char *dst,
			    unsigned dport, uint32_t seq, uint8_t flags, const void *bytes,
			    size_t len)
{
	struct frame f = { .n = 0 };

	put_head(&f, IPPROTO_TCP, src, dst, false, 20 + len);
	put16(&f, sport);
	put16(&f, dport);
	put16(&f, seq >> 16);
	put16(&f, seq & 0xffff);
	PUT(&f, "\0\0\0\1");
	put16(&f, 0x5000u | flags);
	PUT(&f, "\1\0\0\0\0\0");
	put(&f, bytes, len);
	take(w, &f, SKW_DIR_UNKNOWN);
}

/* A header with a number, flags, one question and the number of answers; then what follows. */
#define MESSAGE(flags, answers, rest) "\x12\x34" flags "\0\1\0" answers "\0\0\0\0" rest
#define ASKS(rest)                    MESSAGE("\1\0", "\0", rest)
#define SAYS(answers, rest)           MESSAGE("\x81\x80", answers, rest)

#define ask(w, literal)               send_udp(w, CLIENT, 40000, RESOLVER, 53, literal, sizeof(literal) - 1)
#define answer(w, literal)            send_udp(w, RESOLVER, 53, CLIENT, 40000, literal, sizeof(literal) - 1)

static inline void expect_address(struct world *w, const char *addr, const char *name)
{
	uint8_t bytes[16] = { 0 };
	struct skw_asked_name found = { NULL, NULL };

	memcpy(bytes, addr, 4);
	assert_int_equal(skw_asked_of_address(w->a, AF_INET, bytes, w->now_ns, &found),
			 name != NULL);
	if (!name)
		return;
	assert_string_equal(found.text, name);
	assert_string_equal(found.source, "dns");
}

static inline struct skw_tuple tuple_of(const char *server, unsigned port)
{
	struct skw_tuple t = { .family = AF_INET,
			       .proto = IPPROTO_TCP,
			       .local_port = (uint16_t)port,
			       .remote_port = 443 };

	memcpy(t.local_addr, CLIENT, 4);
	memcpy(t.remote_addr, server, 4);
	return t;
}

static inline void expect_server(struct world *w, const char *server, unsigned port,
				 const char *name, const char *source)
{
	struct skw_tuple t = tuple_of(server, port);
	struct skw_asked_name found = { NULL, NULL };

	assert_int_equal(skw_asked_of_server(w->a, &t, &found), name != NULL);
	if (!name)
		return;
	assert_string_equal(found.text, name);
	assert_string_equal(found.source, source);
}

static inline void open_tcp(struct world *w, const char *server, unsigned port)
{
	send_tcp(w, CLIENT, port, server, 443, 1000, TH_SYN, "", 0);
}

#endif
