/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of connections, and packets that are joined with it, for a test. */
#ifndef SKW_TESTS_UNIT_JOIN_WORLD_H
#define SKW_TESTS_UNIT_JOIN_WORLD_H

#include "join/owners.h"

#include <stdio.h>

#include "conn_table.h"
#include "flow/connection_hash.h"
#include "flow_frames.h"
#include "model/packet_owner.h"

#define HOME     4026531840U /* the namespace of make_record() */
#define OTHER    4026532000U

#define LISTENER 0xff /* a socket of TCP that listens */

struct world {
	struct skw_table *table;
	struct skw_join_owners *join;
	bool has_table;
	struct frame frame;
	struct skw_packet packet;
};

static inline const struct skw_table *table(void *ctx)
{
	const struct world *w = ctx;

	return w->has_table ? w->table : NULL;
}

static inline uint32_t netns(void *ctx)
{
	(void)ctx;
	return HOME;
}

/* SRC4, SRC6 */
static inline bool is_local(void *ctx, const uint8_t addr[16], uint8_t family)
{
	(void)ctx;
	return !memcmp(addr, family == AF_INET ? SRC4 : SRC6, family == AF_INET ? 4 : 16);
}

static inline int begin(void **state)
{
	const struct skw_table_options opt = { .closed_ns = 10 * S,
					       .owners = true,
					       .packets = true };
	struct world *w = calloc(1, sizeof(*w));

	if (!w || skw_table_new(&opt, &w->table))
		return -1;
	w->has_table = true;
	w->join = skw_join_owners_new(&(struct skw_join_owners_options){
		.table = table, .netns = netns, .is_local = is_local, .ctx = w });
	*state = w;
	return w->join ? 0 : -1;
}

static inline int finish(void **state)
{
	struct world *w = *state;

	skw_join_owners_free(w->join);
	skw_table_free(w->table);
	free(w);
	return 0;
}

/* ---- sockets ---- */

/* A socket at 10.0.0.1 and this port. A remote port of 0: it is not connected. */
static inline struct skw_conn_rec make_socket(__u64 cookie, __u8 kind, __u16 port,
					      __u16 remote_port)
{
	struct skw_conn_rec rec = make_record(cookie, kind == LISTENER ? 10 : 1);

	rec.kind = kind == LISTENER ? SKW_ROW_TCP : kind;
	rec.ts_ns = 1 * S;
	rec.inode = (__u32)cookie;
	rec.local_port = port;
	rec.remote_port = remote_port;
	if (!remote_port)
		memset(rec.remote_addr, 0, sizeof(rec.remote_addr));
	return rec;
}

static inline void bind_any(struct skw_conn_rec *rec, __u8 family)
{
	memset(rec->local_addr, 0, sizeof(rec->local_addr));
	memset(rec->remote_addr, 0, sizeof(rec->remote_addr));
	rec->family = family;
}

/* The sockets of a sweep, the n-th of which the process with number 100 + n holds. */
static inline void have(struct world *w, const struct skw_conn_rec *recs, size_t n)
{
	sweep(w->table, 1 * S, recs, n);
	skw_table_holders_begin(w->table);
	for (size_t i = 0; i < n; i++) {
		struct skw_holder_rec rec = { .inode = recs[i].inode, .tgid = (__u32)(100 + i) };

		memcpy(rec.comm, "server", 6);
		assert_int_equal(take_holder(w->table, &rec), 0);
	}
	assert_int_equal(skw_table_holders_end(w->table), 0);
}

/* ---- packets ---- */

static inline void put_tcp(struct frame *f, unsigned from, unsigned to, uint8_t flags)
{
	uint8_t rest[16] = { [8] = 0x50, [9] = flags };

	put16(f, from);
	put16(f, to);
	put(f, rest, sizeof(rest));
}

static inline void put_udp(struct frame *f, unsigned from, unsigned to)
{
	put16(f, from);
	put16(f, to);
	PUT(f, "\0\x08\0\0");
}

/* Exchanges the addresses of the IPv4 packet: it comes from 10.0.0.2. */
static inline void turn(struct frame *f)
{
	memcpy(f->bytes + 12, DST4 SRC4, 8);
}

static inline const struct skw_packet *look(struct world *w)
{
	size_t n = 1;

	w->packet = (struct skw_packet){
		.data = w->frame.bytes, .caplen = w->frame.n, .len = w->frame.n, .dlt = DLT_RAW
	};
	const struct skw_packet *out = skw_join_owners_run(w->join, &w->packet, &n);
	assert_int_equal(n, 1);
	assert_ptr_equal(out->data, w->frame.bytes);
	return out;
}

/* A packet of TCP from 10.0.0.1, or to it. */
static inline const struct skw_packet *tcp(struct world *w, bool out, unsigned port, uint8_t flags)
{
	w->frame.n = 0;
	put_ipv4(&w->frame, IPPROTO_TCP, 20, 0);
	put_tcp(&w->frame, out ? port : 443, out ? 443 : port, flags);
	if (!out)
		turn(&w->frame);
	return look(w);
}

static inline const struct skw_packet *udp(struct world *w, bool out, unsigned port)
{
	w->frame.n = 0;
	put_ipv4(&w->frame, IPPROTO_UDP, 8, 0);
	put_udp(&w->frame, out ? port : 443, out ? 443 : port);
	if (!out)
		turn(&w->frame);
	return look(w);
}

static inline void assert_ends(const struct skw_packet *pkt, unsigned sender, unsigned receiver)
{
	assert_int_equal(pkt->sender ? pkt->sender->pid : 0, sender);
	assert_int_equal(pkt->receiver ? pkt->receiver->pid : 0, receiver);
	assert_int_equal(pkt->connection != 0, sender || receiver);
	if (pkt->connection) {
		struct skw_packet bare = *pkt;

		/* A later fragment has no ports of its own. */
		bare.connection = 0;
		uint64_t hash = skw_connection_hash_of_packet(&bare);
		assert_true(!hash || hash == pkt->connection);
	}
}

#define SYN     0x02
#define SYN_ACK 0x12
#define ACK     0x10
#define DATA    0x18

#endif
