// SPDX-License-Identifier: BSD-2-Clause
/* The owners of packets: a table of connections and made-up packets, without a kernel. */
#include "join_world.h"

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
