/* SPDX-License-Identifier: BSD-2-Clause */
/* Hand-made packets for the tests of flow. */
#ifndef SKW_TESTS_FLOW_FRAMES_H
#define SKW_TESTS_FLOW_FRAMES_H

#include <errno.h>
#include <netinet/in.h>
#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "flow/flow.h"
#include "util/cleanup.h"

/* A packet under construction. */
struct frame {
	uint8_t bytes[4096];
	uint32_t n;
};

#define PUT(f, literal) put(f, literal, sizeof(literal) - 1)

#define ETHER           "\2\0\0\0\0\2\2\0\0\0\0\1"
#define SRC4            "\x0a\0\0\1"
#define DST4            "\x0a\0\0\2"
#define SRC6            "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
#define DST6            "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2"

/* 40000 > 443, seq 0x01020304, ack 0x05060708, PSH and ACK, window 502, 12 bytes of options. */
#define TCP       "\x9c\x40\1\xbb\1\2\3\4\5\6\7\x08\x80\x18\1\xf6\0\0\0\0\1\1\x08\x0a\0\0\0\1\0\0\0\2"
#define TCP_BYTES 32u
/* 40000 > 53, eight bytes and five of payload */
#define UDP "\x9c\x40\0\x35\0\x0d\0\0hello"

static inline void put(struct frame *f, const void *bytes, size_t n)
{
	assert_true(f->n + n <= sizeof(f->bytes));
	memcpy(f->bytes + f->n, bytes, n);
	f->n += (uint32_t)n;
}

static inline void put16(struct frame *f, unsigned v)
{
	uint8_t bytes[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(f, bytes, 2);
}

/* A header without options; `field` is flags and offset of the fragment. */
static inline void put_ipv4(struct frame *f, uint8_t proto, unsigned payload, unsigned field)
{
	const uint8_t ttl[] = { 64, proto, 0, 0 };

	PUT(f, "\x45\0");
	put16(f, 20 + payload);
	PUT(f, "\x12\x34");
	put16(f, field);
	put(f, ttl, sizeof(ttl));
	PUT(f, SRC4 DST4);
}

static inline void put_ipv6(struct frame *f, uint8_t next, unsigned payload)
{
	const uint8_t hops[] = { next, 64 };

	PUT(f, "\x60\0\0\0");
	put16(f, payload);
	put(f, hops, sizeof(hops));
	PUT(f, SRC6 DST6);
}

/*
 * The result of flow for the first caplen bytes of a packet of len bytes. They lie in memory of
 * just their size, so that a sanitizer sees each byte that is read beyond them.
 */
static inline int flow_of_cut(int dlt, const struct frame *f, uint32_t caplen, uint32_t len,
			      struct skw_flow *out)
{
	SKW_AUTO_FREE uint8_t *copy = malloc(caplen ? caplen : 1);
	struct skw_flow before;

	assert_non_null(copy);
	memcpy(copy, f->bytes, caplen);
	memset(&before, 0xa5, sizeof(before));
	*out = before;

	struct skw_packet pkt = { .data = copy, .caplen = caplen, .len = len, .dlt = dlt };
	int ret = skw_flow_of(&pkt, out);

	if (ret)
		assert_memory_equal(out, &before, sizeof(before));
	return ret;
}

static inline int flow_of(int dlt, const struct frame *f, struct skw_flow *out)
{
	return flow_of_cut(dlt, f, f->n, f->n, out);
}

static inline void assert_tuple(const struct skw_flow *f, int family, int proto, unsigned sport,
				unsigned dport)
{
	struct skw_tuple want = { .family = (uint8_t)family,
				  .proto = (uint8_t)proto,
				  .local_port = (uint16_t)sport,
				  .remote_port = (uint16_t)dport };
	bool v6 = family == AF_INET6;

	memcpy(want.local_addr, v6 ? SRC6 : SRC4, v6 ? 16 : 4);
	memcpy(want.remote_addr, v6 ? DST6 : DST4, v6 ? 16 : 4);
	assert_memory_equal(&f->tuple, &want, sizeof(want));
}

#endif
