// SPDX-License-Identifier: BSD-2-Clause
/* The figures of the kernel about the sockets of a conversation: which count, and which do not. */
#include "flow/end_socket.h"

#include <netinet/in.h>

#include "tcp_packets.h"

#define HERE  1
#define THERE 2

static struct skw_owners *owners(uint32_t pid, const char *comm)
{
	static union {
		struct skw_owners set;
		uint8_t room[sizeof(struct skw_owners) + sizeof(struct skw_owner)];
	} one;

	one.set.len = 1;
	one.set.list[0].pid = pid;
	snprintf(one.set.list[0].comm, sizeof(one.set.list[0].comm), "%s", comm);
	return &one.set;
}

/* The socket at 10.0.0.1 of a connection to 10.0.0.2:80. */
static struct skw_row row_of(uint64_t cookie, uint32_t netns, uint32_t srtt_us)
{
	struct skw_row row = { .cookie = cookie,
			       .netns = netns,
			       .opened_ns = cookie,
			       .tuple = { .local_port = 40000,
					  .remote_port = 80,
					  .family = AF_INET,
					  .proto = IPPROTO_TCP },
			       .srtt_us = srtt_us,
			       .min_rtt_us = srtt_us / 2,
			       .retrans_segs = 3,
			       .rto_count = SKW_NONE32 };

	memcpy(row.tuple.local_addr, SRC4, 4);
	memcpy(row.tuple.remote_addr, DST4, 4);
	return row;
}

static const struct skw_conversation *only(const struct skw_conversations *c)
{
	static const struct skw_conversation *list[4];

	assert_int_equal(skw_conversations_len(c), 1);
	skw_conversations_list(c, list);
	return list[0];
}

static void tell(struct skw_conversations *c, struct skw_row row)
{
	assert_int_equal(skw_conversations_tell(c, &row), 0);
}

static void each_end_has_the_figures_of_its_socket(void **state)
{
	struct skw_conversations *c = new_conversations(1 << 20);
	struct skw_row row = row_of(5, HERE, 10000), other = row_of(6, THERE, 700);

	(void)state;
	tell(c, row);
	assert_int_equal(skw_conversations_len(c), 0);
	take_handshake(c, 40000, 0);
	assert_null(only(c)->sockets);
	tell(c, row);
	memcpy(other.tuple.local_addr, DST4, 4);
	memcpy(other.tuple.remote_addr, SRC4, 4);
	other.tuple.local_port = 80;
	other.tuple.remote_port = 40000;
	tell(c, other);
	assert_int_equal(only(c)->sockets[0].srtt_us, 10000);
	assert_int_equal(only(c)->sockets[0].min_rtt_us, 5000);
	assert_int_equal(only(c)->sockets[0].retrans_segs, 3);
	assert_int_equal(only(c)->sockets[0].rto_count, SKW_NONE32);
	assert_int_equal(only(c)->sockets[1].srtt_us, 700);
	/* A figure that is not known any more stays as it was. */
	row.srtt_us = row.retrans_segs = SKW_NONE32;
	row.rto_count = 1;
	tell(c, row);
	assert_int_equal(only(c)->sockets[0].srtt_us, 10000);
	assert_int_equal(only(c)->sockets[0].rto_count, 1);
	skw_conversations_free(c);
}

static void a_socket_of_ipv6_has_packets_of_ipv4(void **state)
{
	struct skw_conversations *c = new_conversations(1 << 20);
	struct skw_row row = row_of(5, HERE, 10000);

	(void)state;
	take_handshake(c, 40000, 0);
	row.tuple.family = AF_INET6;
	memcpy(row.tuple.local_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff" SRC4, 16);
	memcpy(row.tuple.remote_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff" DST4, 16);
	tell(c, row);
	assert_int_equal(only(c)->sockets[0].srtt_us, 10000);
	skw_conversations_free(c);
}

/* A listener, and a socket of UDP without a peer, are of several conversations. */
static void a_socket_without_a_peer_tells_nothing(void **state)
{
	struct skw_conversations *c = new_conversations(1 << 20);
	struct skw_row row = row_of(5, HERE, 10000);

	(void)state;
	take_handshake(c, 40000, 0);
	row.tuple.remote_port = 0;
	tell(c, row);
	row.tuple.remote_port = 81;
	tell(c, row);
	assert_null(only(c)->sockets);
	skw_conversations_free(c);
}

static void of_sockets_in_turn_the_last_counts(void **state)
{
	struct skw_end_socket s;
	struct skw_row first = row_of(5, HERE, 10000), second = row_of(6, HERE, 20000);

	(void)state;
	skw_end_socket_init(&s);
	first.rto_count = 4;
	skw_end_socket_tell(&s, &first);
	skw_end_socket_tell(&s, &second);
	assert_int_equal(s.srtt_us, 20000);
	assert_int_equal(s.rto_count, SKW_NONE32);
	skw_end_socket_tell(&s, &first);
	assert_int_equal(s.srtt_us, 20000);
}

static void sockets_in_two_namespaces_tell_nothing(void **state)
{
	struct skw_end_socket s;
	struct skw_row here = row_of(5, HERE, 10000), there = row_of(6, THERE, 20000);

	(void)state;
	skw_end_socket_init(&s);
	here.owners = owners(7, "here");
	skw_end_socket_tell(&s, &here);
	assert_int_equal(s.pid, 7);
	skw_end_socket_tell(&s, &there);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(s.srtt_us, SKW_NONE32);
		assert_int_equal(s.pid, SKW_NONE32);
		assert_string_equal(s.comm, "");
		skw_end_socket_tell(&s, i ? &there : &here);
	}
	/* The stage that gives packets their owners knows namespaces. */
	skw_end_socket_own(&s, &(struct skw_packet_owner){ .pid = 8, .comm = "there" });
	assert_int_equal(s.pid, 8);
	assert_string_equal(s.comm, "there");
}

static void an_owner_of_a_row_counts_more_than_that_of_a_packet(void **state)
{
	struct skw_end_socket s;
	struct skw_row row = row_of(5, HERE, 10000);

	(void)state;
	skw_end_socket_init(&s);
	skw_end_socket_own(&s, &(struct skw_packet_owner){ .pid = 8, .comm = "early" });
	skw_end_socket_own(&s, &(struct skw_packet_owner){ .pid = 9, .comm = "worker" });
	assert_int_equal(s.pid, 9);
	row.owners = owners(7, "row");
	skw_end_socket_tell(&s, &row);
	skw_end_socket_own(&s, &(struct skw_packet_owner){ .pid = 9, .comm = "worker" });
	assert_int_equal(s.pid, 7);
	assert_string_equal(s.comm, "row");
	/* Of several that may have accepted it, nobody knows which one has. */
	struct skw_owners *set = owners(5, "any");
	skw_end_socket_init(&s);
	row.owner_source = SKW_OWNER_LISTENER;
	set->len = 2;
	skw_end_socket_tell(&s, &row);
	assert_int_equal(s.pid, SKW_NONE32);
}

static void the_limit_of_memory_counts_them(void **state)
{
	struct skw_conversations *c = new_conversations(1 << 20);
	struct skw_row row = row_of(5, HERE, 10000);
	size_t before;

	(void)state;
	take_handshake(c, 40000, 0);
	before = skw_conversation_memory(only(c));
	tell(c, row);
	assert_int_equal(skw_conversation_memory(only(c)),
			 before + 2 * sizeof(struct skw_end_socket));
	skw_conversations_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_end_has_the_figures_of_its_socket),
		cmocka_unit_test(a_socket_of_ipv6_has_packets_of_ipv4),
		cmocka_unit_test(a_socket_without_a_peer_tells_nothing),
		cmocka_unit_test(of_sockets_in_turn_the_last_counts),
		cmocka_unit_test(sockets_in_two_namespaces_tell_nothing),
		cmocka_unit_test(an_owner_of_a_row_counts_more_than_that_of_a_packet),
		cmocka_unit_test(the_limit_of_memory_counts_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
