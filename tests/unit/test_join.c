// SPDX-License-Identifier: BSD-2-Clause
/* The owners of packets: a table of connections and made-up packets, without a kernel. */
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

static const struct skw_table *table(void *ctx)
{
	const struct world *w = ctx;

	return w->has_table ? w->table : NULL;
}

static uint32_t netns(void *ctx)
{
	(void)ctx;
	return HOME;
}

/* SRC4, SRC6 */
static bool is_local(void *ctx, const uint8_t addr[16], uint8_t family)
{
	(void)ctx;
	return !memcmp(addr, family == AF_INET ? SRC4 : SRC6, family == AF_INET ? 4 : 16);
}

static int begin(void **state)
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

static int finish(void **state)
{
	struct world *w = *state;

	skw_join_owners_free(w->join);
	skw_table_free(w->table);
	free(w);
	return 0;
}

/* ---- sockets ---- */

/* A socket at 10.0.0.1 and this port. A remote port of 0: it is not connected. */
static struct skw_conn_rec make_socket(__u64 cookie, __u8 kind, __u16 port, __u16 remote_port)
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

static void bind_any(struct skw_conn_rec *rec, __u8 family)
{
	memset(rec->local_addr, 0, sizeof(rec->local_addr));
	memset(rec->remote_addr, 0, sizeof(rec->remote_addr));
	rec->family = family;
}

/* The sockets of a sweep, the n-th of which the process with number 100 + n holds. */
static void have(struct world *w, const struct skw_conn_rec *recs, size_t n)
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

static void put_tcp(struct frame *f, unsigned from, unsigned to, uint8_t flags)
{
	uint8_t rest[16] = { [8] = 0x50, [9] = flags };

	put16(f, from);
	put16(f, to);
	put(f, rest, sizeof(rest));
}

static void put_udp(struct frame *f, unsigned from, unsigned to)
{
	put16(f, from);
	put16(f, to);
	PUT(f, "\0\x08\0\0");
}

/* Exchanges the addresses of the IPv4 packet: it comes from 10.0.0.2. */
static void turn(struct frame *f)
{
	memcpy(f->bytes + 12, DST4 SRC4, 8);
}

static const struct skw_packet *look(struct world *w)
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
static const struct skw_packet *tcp(struct world *w, bool out, unsigned port, uint8_t flags)
{
	w->frame.n = 0;
	put_ipv4(&w->frame, IPPROTO_TCP, 20, 0);
	put_tcp(&w->frame, out ? port : 443, out ? 443 : port, flags);
	if (!out)
		turn(&w->frame);
	return look(w);
}

static const struct skw_packet *udp(struct world *w, bool out, unsigned port)
{
	w->frame.n = 0;
	put_ipv4(&w->frame, IPPROTO_UDP, 8, 0);
	put_udp(&w->frame, out ? port : 443, out ? 443 : port);
	if (!out)
		turn(&w->frame);
	return look(w);
}

static void assert_ends(const struct skw_packet *pkt, unsigned sender, unsigned receiver)
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

/* ---- tests ---- */

static void a_connection_owns_its_packets(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec = make_socket(1, SKW_ROW_TCP, 5000, 443);

	w->has_table = false;
	assert_ends(tcp(w, true, 5000, DATA), 0, 0);
	w->has_table = true;
	assert_ends(tcp(w, true, 5000, DATA), 0, 0);
	have(w, &rec, 1);
	assert_ends(tcp(w, true, 5000, DATA), 100, 0);
	assert_ends(tcp(w, false, 5000, DATA), 0, 100);
	assert_ends(tcp(w, true, 5001, DATA), 0, 0);
	assert_ends(udp(w, true, 5000), 0, 0);
	uint64_t connection = tcp(w, true, 5000, DATA)->connection;
	assert_int_equal(tcp(w, false, 5000, DATA)->connection, connection);
	assert_string_equal(tcp(w, true, 5000, DATA)->sender->name, "server[100]");
	assert_string_equal(tcp(w, true, 5000, DATA)->sender->text, "server[100]");
	assert_string_equal(tcp(w, true, 5000, DATA)->sender->comm, "server");
}

static void both_ends_on_this_host_are_told(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec recs[] = { make_socket(1, SKW_ROW_TCP, 5000, 443),
				       make_socket(2, SKW_ROW_TCP, 443, 5000) };

	memcpy(recs[1].local_addr, DST4, 4);
	memcpy(recs[1].remote_addr, SRC4, 4);
	have(w, recs, 2);
	assert_ends(tcp(w, true, 5000, DATA), 100, 101);
	assert_ends(tcp(w, false, 5000, DATA), 101, 100);
}

static void a_listener_owns_the_handshake_and_nothing_else(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec = make_socket(1, LISTENER, 80, 0);

	bind_any(&rec, AF_INET);
	have(w, &rec, 1);
	/* Data to the port of a listener is somebody else's: its address will be translated. */
	assert_ends(tcp(w, false, 80, DATA), 0, 0);
	assert_ends(tcp(w, false, 80, ACK), 0, 0);
	assert_ends(tcp(w, false, 80, SYN), 0, 100);
	assert_ends(tcp(w, true, 80, SYN_ACK), 100, 0);
	assert_ends(tcp(w, false, 80, ACK), 0, 100);
	assert_ends(tcp(w, false, 80, ACK), 0, 0);
}

static void a_listener_has_no_packets_to_other_hosts(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec = make_socket(1, LISTENER, 443, 0);

	bind_any(&rec, AF_INET);
	have(w, &rec, 1);
	assert_ends(tcp(w, true, 5000, SYN), 0, 0);
	assert_ends(tcp(w, false, 443, SYN), 0, 100);
}

static void a_listener_at_the_address_wins_over_one_at_any(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec recs[] = { make_socket(1, LISTENER, 80, 0),
				       make_socket(2, LISTENER, 80, 0) };

	bind_any(&recs[0], AF_INET6);
	have(w, recs, 1);
	assert_ends(tcp(w, false, 80, SYN), 0, 100);
	have(w, recs, 2);
	assert_ends(tcp(w, false, 80, SYN), 0, 101);
}

static void listeners_of_several_processes_own_nothing(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec recs[] = { make_socket(1, LISTENER, 80, 0),
				       make_socket(2, LISTENER, 80, 0) };

	have(w, recs, 2);
	assert_ends(tcp(w, false, 80, SYN), 0, 0);
	skw_table_holders_begin(w->table);
	for (__u32 inode = 1; inode <= 2; inode++)
		assert_int_equal(take_holder(w->table,
					     &(struct skw_holder_rec){ .inode = inode, .tgid = 7 }),
				 0);
	assert_int_equal(skw_table_holders_end(w->table), 0);
	assert_ends(tcp(w, false, 80, SYN), 0, 7);
}

static void udp_sockets_own_by_what_they_are_bound_to(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec recs[] = { make_socket(1, SKW_ROW_UDP, 53, 0),
				       make_socket(2, SKW_ROW_UDP, 54, 443),
				       make_socket(3, SKW_ROW_UDP, 55, 0) };

	bind_any(&recs[0], AF_INET6);
	have(w, recs, 3);
	assert_ends(udp(w, false, 53), 0, 100);
	assert_ends(udp(w, true, 53), 100, 0);
	assert_ends(udp(w, true, 54), 101, 0);
	assert_ends(udp(w, false, 55), 0, 102);
	assert_ends(udp(w, false, 56), 0, 0);
	/* A group that the host may have joined. */
	udp(w, true, 1);
	memcpy(w->frame.bytes + 16, "\xe0\0\0\xfb", 4);
	w->frame.bytes[22] = 0;
	w->frame.bytes[23] = 53;
	assert_ends(look(w), 0, 100);
	/* An address that is not ours. */
	memcpy(w->frame.bytes + 16, "\x0a\0\0\3", 4);
	assert_ends(look(w), 0, 0);
}

static void mapped_addresses_are_those_of_ipv4(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec = make_socket(1, SKW_ROW_TCP, 5000, 443);

	rec.family = AF_INET6;
	memcpy(rec.local_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff" SRC4, 16);
	memcpy(rec.remote_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff" DST4, 16);
	have(w, &rec, 1);
	assert_ends(tcp(w, true, 5000, DATA), 100, 0);
}

static void ipv6_is_as_ipv4(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec = make_socket(1, SKW_ROW_TCP, 5000, 443);

	rec.family = AF_INET6;
	memcpy(rec.local_addr, SRC6, 16);
	memcpy(rec.remote_addr, DST6, 16);
	have(w, &rec, 1);
	put_ipv6(&w->frame, IPPROTO_TCP, 20);
	put_tcp(&w->frame, 5000, 443, DATA);
	assert_ends(look(w), 100, 0);
}

static void another_namespace_owns_if_it_is_the_only_one(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec recs[] = { make_socket(1, SKW_ROW_TCP, 5000, 443),
				       make_socket(2, SKW_ROW_TCP, 5000, 443),
				       make_socket(3, SKW_ROW_TCP, 5000, 443) };

	recs[0].netns = OTHER;
	recs[1].netns = OTHER + 1;
	have(w, recs, 1);
	assert_ends(tcp(w, true, 5000, DATA), 100, 0);
	assert_string_equal(tcp(w, true, 5000, DATA)->sender->text, "server[100] netns 4026532000");
	assert_string_equal(tcp(w, true, 5000, DATA)->sender->name, "server[100]");
	have(w, recs, 2);
	assert_ends(tcp(w, true, 5000, DATA), 0, 0);
	have(w, recs, 3);
	assert_ends(tcp(w, true, 5000, DATA), 102, 0);
	assert_string_equal(tcp(w, true, 5000, DATA)->sender->text, "server[102]");
}

static void a_closed_socket_owns_until_another_has_its_tuple(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec = make_socket(1, SKW_ROW_TCP, 5000, 443);
	struct skw_close_rec close = make_close(1, 2 * S, 9, 0);

	have(w, &rec, 1);
	close.row.local_port = 5000;
	end(w->table, &close);
	assert_ends(tcp(w, true, 5000, ACK), 100, 0);

	struct skw_conn_rec next[] = { make_socket(8, SKW_ROW_TCP, 4000, 443),
				       make_socket(9, SKW_ROW_TCP, 5000, 443) };
	have(w, next, 2);
	assert_ends(tcp(w, true, 5000, ACK), 101, 0);
}

static void errors_belong_to_the_packet_that_they_quote(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec = make_socket(1, SKW_ROW_UDP, 53, 443);

	have(w, &rec, 1);
	put_ipv4(&w->frame, IPPROTO_ICMP, 8 + 28, 0);
	turn(&w->frame);
	PUT(&w->frame, "\3\3\0\0\0\0\0\0");
	put_ipv4(&w->frame, IPPROTO_UDP, 8, 0);
	put_udp(&w->frame, 53, 443);
	assert_ends(look(w), 0, 100);
}

static void fragments_have_the_owner_of_the_first(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec = make_socket(1, SKW_ROW_UDP, 53, 443);

	have(w, &rec, 1);
	put_ipv4(&w->frame, IPPROTO_UDP, 16, 2);
	PUT(&w->frame, "0123456789abcdef");
	assert_ends(look(w), 0, 0);
	w->frame.n = 0;
	put_ipv4(&w->frame, IPPROTO_UDP, 16, 0x2000);
	put_udp(&w->frame, 53, 443);
	PUT(&w->frame, "01234567");
	assert_ends(look(w), 100, 0);
	w->frame.n = 0;
	put_ipv4(&w->frame, IPPROTO_UDP, 16, 2);
	PUT(&w->frame, "0123456789abcdef");
	assert_ends(look(w), 100, 0);
	/* Another datagram. */
	w->frame.bytes[5]++;
	assert_ends(look(w), 0, 0);
}

static void a_new_name_is_a_new_owner(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec = make_socket(1, SKW_ROW_TCP, 5000, 443);
	struct skw_holder_rec holder = { .inode = 1, .tgid = 100, .comm = "a\x1b[" };

	have(w, &rec, 1);
	uint64_t id = tcp(w, true, 5000, DATA)->sender->id;
	assert_int_equal(tcp(w, false, 5000, DATA)->receiver->id, id);
	skw_table_holders_begin(w->table);
	assert_int_equal(take_holder(w->table, &holder), 0);
	assert_int_equal(skw_table_holders_end(w->table), 0);
	const struct skw_packet_owner *owner = tcp(w, true, 5000, DATA)->sender;
	assert_true(owner->id > id);
	assert_null(strchr(owner->text, '\x1b'));
}

/* A number of a process without an order that a hash could keep. */
static unsigned scatter(unsigned n)
{
	uint32_t x = n * 2654435761U;

	x = (x ^ x >> 15) * 2246822507U;
	return 1 + ((x ^ x >> 13) & 0x3fffff);
}

/* More owners than have a place at the same time: no packet of a run may lose its own. */
static void a_run_ends_where_names_have_no_room(void **state)
{
	enum { SOCKETS = 64 };
	struct world *w = *state;
	struct skw_conn_rec recs[SOCKETS];
	static struct frame frames[SOCKETS];
	struct skw_packet run[SOCKETS];
	unsigned runs = 0;

	for (unsigned round = 0; round < 40; round++) {
		for (unsigned i = 0; i < SOCKETS; i++) {
			recs[i] = make_socket(1 + i, SKW_ROW_TCP, (__u16)(5000 + i), 443);
			frames[i].n = 0;
			put_ipv4(&frames[i], IPPROTO_TCP, 20, 0);
			put_tcp(&frames[i], 5000 + i, 443, DATA);
			run[i] = (struct skw_packet){ .data = frames[i].bytes,
						      .caplen = frames[i].n,
						      .len = frames[i].n,
						      .dlt = DLT_RAW };
		}
		sweep(w->table, 1 * S, recs, SOCKETS);
		skw_table_holders_begin(w->table);
		for (unsigned i = 0; i < SOCKETS; i++) {
			struct skw_holder_rec rec = { .inode = recs[i].inode,
						      .tgid = scatter(round * SOCKETS + i) };

			assert_int_equal(take_holder(w->table, &rec), 0);
		}
		assert_int_equal(skw_table_holders_end(w->table), 0);
		for (size_t done = 0, n; done < SOCKETS; done += n, runs++) {
			n = SOCKETS - done;
			const struct skw_packet *out = skw_join_owners_run(w->join, run + done, &n);

			assert_true(n >= 1);
			for (size_t i = 0; i < n; i++) {
				assert_non_null(out[i].sender);
				assert_int_equal(out[i].sender->pid,
						 scatter(round * SOCKETS + done + i));
			}
		}
	}
	assert_true(runs > 40);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, begin, finish)
	const struct CMUnitTest tests[] = {
		T(a_connection_owns_its_packets),
		T(both_ends_on_this_host_are_told),
		T(a_listener_owns_the_handshake_and_nothing_else),
		T(a_listener_has_no_packets_to_other_hosts),
		T(a_listener_at_the_address_wins_over_one_at_any),
		T(listeners_of_several_processes_own_nothing),
		T(udp_sockets_own_by_what_they_are_bound_to),
		T(mapped_addresses_are_those_of_ipv4),
		T(ipv6_is_as_ipv4),
		T(another_namespace_owns_if_it_is_the_only_one),
		T(a_closed_socket_owns_until_another_has_its_tuple),
		T(errors_belong_to_the_packet_that_they_quote),
		T(fragments_have_the_owner_of_the_first),
		T(a_new_name_is_a_new_owner),
		T(a_run_ends_where_names_have_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
