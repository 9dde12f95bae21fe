/* SPDX-License-Identifier: BSD-2-Clause */
/* Hand-made TCP and UDP packets of a connection, for the tests of conversations. */
#ifndef SKW_TESTS_TCP_PACKETS_H
#define SKW_TESTS_TCP_PACKETS_H

#include <netinet/tcp.h>

#include "flow/conversations.h"
#include "flow_frames.h"

#define SYN TH_SYN
#define ACK TH_ACK
#define FIN TH_FIN
#define RST TH_RST
#define US  1000ULL

/* A time of day, so that times are those of packets. */
#define START_NS 1700000000000000000ULL

struct tcp_packet {
	bool back;     /* from 10.0.0.2:80 to 10.0.0.1 */
	uint16_t port; /* of 10.0.0.1; 0: 40000 */
	uint8_t flags;
	uint32_t seq, ack, len;
	uint64_t at_us;
	const struct skw_iface *from;
};

static inline void put_number(struct frame *f, uint32_t v)
{
	put16(f, v >> 16);
	put16(f, v & 0xffff);
}

static inline void put_ends(struct frame *f, const struct tcp_packet *p)
{
	unsigned port = p->port ? p->port : 40000;

	put16(f, p->back ? 80 : port);
	put16(f, p->back ? port : 80);
}

static inline void put_head(struct frame *f, const struct tcp_packet *p, uint8_t proto,
			    unsigned payload)
{
	put_ipv4(f, proto, payload, 0);
	if (p->back)
		memcpy(f->bytes + 12, DST4 SRC4, 8);
}

static inline int take_frame(struct skw_conversations *c, const struct frame *f,
			     const struct tcp_packet *p, uint32_t len)
{
	struct skw_packet pkt = { .ts_ns = START_NS + p->at_us * US,
				  .data = f->bytes,
				  .caplen = f->n,
				  .len = len,
				  .dlt = DLT_RAW,
				  .from = p->from };

	return skw_conversations_take(c, &pkt);
}

/* Only the headers are captured. `f` is empty. */
static inline void put_tcp(struct frame *f, const struct tcp_packet *p)
{
	const uint8_t rest[] = { 0x50, p->flags, 1, 0, 0, 0, 0, 0 };

	put_head(f, p, IPPROTO_TCP, 20 + p->len);
	put_ends(f, p);
	put_number(f, p->seq);
	put_number(f, p->ack);
	put(f, rest, sizeof(rest));
}

static inline void take_tcp(struct skw_conversations *c, struct tcp_packet p)
{
	struct frame f = { .n = 0 };

	put_tcp(&f, &p);
	assert_int_equal(take_frame(c, &f, &p, f.n + p.len), 0);
}

static inline void take_udp(struct skw_conversations *c, struct tcp_packet p)
{
	struct frame f = { .n = 0 };

	put_head(&f, &p, IPPROTO_UDP, 8 + p.len);
	put_ends(&f, &p);
	put16(&f, 8 + p.len);
	PUT(&f, "\0\0");
	assert_int_equal(take_frame(c, &f, &p, f.n + p.len), 0);
}

/* SYN, SYN-ACK, ACK: sequence numbers 1000 and 5000, 10 ms to the other end, 1 ms to this one. */
static inline void take_handshake(struct skw_conversations *c, uint16_t port, uint64_t at_us)
{
	take_tcp(c, (struct tcp_packet){ .port = port, .flags = SYN, .seq = 1000, .at_us = at_us });
	take_tcp(c, (struct tcp_packet){ .back = true,
					 .port = port,
					 .flags = SYN | ACK,
					 .seq = 5000,
					 .ack = 1001,
					 .at_us = at_us + 10000 });
	take_tcp(c, (struct tcp_packet){ .port = port,
					 .flags = ACK,
					 .seq = 1001,
					 .ack = 5001,
					 .at_us = at_us + 11000 });
}

static inline struct skw_conversations *new_conversations(size_t max_bytes)
{
	const struct skw_conversations_options opt = { .key = { 1, 2 }, .max_bytes = max_bytes };
	struct skw_conversations *c;

	assert_int_equal(skw_conversations_new(&opt, &c), 0);
	return c;
}

#endif
