// SPDX-License-Identifier: BSD-2-Clause
/* The packets of a recording of bypass: which they are, and their bytes. */
#include "act/bypass_talks.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "abi/conn.h"
#include "dissect/ip/cksum.h"

#define CLIENT_SEQ 0xfffffff0u /* it goes round */
#define SERVER_SEQ 5000u

static int make(void **state)
{
	*state = skw_bypass_talks_new();
	return *state ? 0 : -1;
}

static int destroy(void **state)
{
	skw_bypass_talks_free(*state);
	return 0;
}

/* A record of the end that has connected, or of the other one. `moved` includes the record. */
static struct skw_bypass_rec record(bool client, uint8_t type, uint32_t at, uint64_t moved)
{
	uint32_t first = client ? CLIENT_SEQ : SERVER_SEQ;

	return (struct skw_bypass_rec){
		.type = type,
		.direction = client ? SKW_CONN_OUT : SKW_CONN_IN,
		.family = AF_INET,
		.local_addr = { 127, 0, 0, 1 },
		.remote_addr = { 127, 0, 0, 2 },
		.local_port = client ? 40000 : 80,
		.remote_port = client ? 80 : 40000,
		.seq = first + at,
		.ack = client ? SERVER_SEQ : CLIENT_SEQ,
		.first_seq = first,
		.first_ack = client ? SERVER_SEQ : CLIENT_SEQ,
		.bytes = moved,
		.tgid = client ? 11 : 22,
		.comm = "sixteen letters",
	};
}

/* The end that accepts has the addresses the other way round. */
static struct skw_bypass_rec server(uint8_t type, uint32_t at, uint64_t moved)
{
	struct skw_bypass_rec rec = record(false, type, at, moved);

	rec.local_addr[3] = 2;
	rec.remote_addr[3] = 1;
	return rec;
}

static struct skw_bypass_packet out[SKW_BYPASS_TALKS_PACKETS];

static size_t follow(void **state, struct skw_bypass_rec rec, uint32_t len)
{
	return skw_bypass_talks_follow(*state, &rec, len, 0, out);
}

#define CLIENT(...) follow(state, record(true, __VA_ARGS__), len)
#define SERVER(...) follow(state, server(__VA_ARGS__), len)

static void assert_packet(size_t i, uint8_t flags, uint32_t seq, uint32_t ack)
{
	assert_int_equal(out[i].tcp.flags, flags);
	assert_int_equal(out[i].tcp.seq, seq);
	assert_int_equal(out[i].tcp.ack, ack);
}

static void a_handshake_comes_before_the_first_byte_only(void **state)
{
	uint32_t len = 100;

	assert_int_equal(CLIENT(SKW_BYPASS_DATA, 0, 100), 4);
	assert_packet(0, SKW_RAW_TCP_SYN, CLIENT_SEQ - 1, 0);
	assert_packet(1, SKW_RAW_TCP_SYN | SKW_RAW_TCP_ACK, SERVER_SEQ - 1, CLIENT_SEQ);
	assert_packet(2, SKW_RAW_TCP_ACK, CLIENT_SEQ, SERVER_SEQ);
	assert_packet(3, SKW_RAW_TCP_ACK | SKW_RAW_TCP_PSH, CLIENT_SEQ, SERVER_SEQ);
	assert_int_equal(out[3].len, 100);
	assert_int_equal(out[3].from.pid, 11);
	assert_int_equal(out[3].to.pid, 0);
	assert_int_equal(SERVER(SKW_BYPASS_DATA, 0, 100), 1);
	assert_packet(0, SKW_RAW_TCP_ACK | SKW_RAW_TCP_PSH, SERVER_SEQ, CLIENT_SEQ + 100);
	assert_int_equal(out[0].tcp.tuple.local_port, 80);
	assert_int_equal(out[0].to.pid, 11);
	assert_string_equal(out[0].to.comm, "sixteen letters");
	assert_int_equal(CLIENT(SKW_BYPASS_DATA, 100, 200), 1);
	assert_packet(0, SKW_RAW_TCP_ACK | SKW_RAW_TCP_PSH, CLIENT_SEQ + 100, SERVER_SEQ + 100);
}

static void the_server_may_speak_first(void **state)
{
	uint32_t len = 10;

	assert_int_equal(SERVER(SKW_BYPASS_DATA, 0, 10), 4);
	assert_packet(0, SKW_RAW_TCP_SYN, CLIENT_SEQ - 1, 0);
	assert_int_equal(out[0].tcp.tuple.local_port, 40000);
	assert_int_equal(out[0].tcp.tuple.local_addr[3], 1);
	assert_packet(3, SKW_RAW_TCP_ACK | SKW_RAW_TCP_PSH, SERVER_SEQ, CLIENT_SEQ);
}

static void a_connection_that_began_by_tcp_has_no_handshake(void **state)
{
	uint32_t len = 10;

	assert_int_equal(CLIENT(SKW_BYPASS_DATA, 500, 10), 1);
	assert_packet(0, SKW_RAW_TCP_ACK | SKW_RAW_TCP_PSH, CLIENT_SEQ + 500, SERVER_SEQ);
}

static void an_end_that_closes_in_order_sends_a_fin(void **state)
{
	uint32_t len = 10;

	CLIENT(SKW_BYPASS_DATA, 0, 10);
	SERVER(SKW_BYPASS_DATA, 0, 10);
	len = 0;
	assert_int_equal(CLIENT(SKW_BYPASS_CLOSED, 11, 10), 1);
	assert_packet(0, SKW_RAW_TCP_FIN | SKW_RAW_TCP_ACK, CLIENT_SEQ + 10, SERVER_SEQ + 10);
	assert_int_equal(SERVER(SKW_BYPASS_CLOSED, 11, 10), 1);
	assert_packet(0, SKW_RAW_TCP_FIN | SKW_RAW_TCP_ACK, SERVER_SEQ + 10, CLIENT_SEQ + 11);
	assert_int_equal(SERVER(SKW_BYPASS_CLOSED, 11, 10), 0);
}

static void an_end_without_a_fin_or_back_with_tcp_gets_none(void **state)
{
	uint32_t len = 10;

	CLIENT(SKW_BYPASS_DATA, 0, 10);
	SERVER(SKW_BYPASS_DATA, 0, 10);
	len = 0;
	assert_int_equal(CLIENT(SKW_BYPASS_CLOSED, 10, 10), 0);
	assert_int_equal(SERVER(SKW_BYPASS_LEFT, 10, 10), 0);
	assert_int_equal(SERVER(SKW_BYPASS_CLOSED, 11, 10), 0);
}

static void events_alone_make_no_packet(void **state)
{
	uint32_t len = 0;

	assert_int_equal(CLIENT(SKW_BYPASS_TAKEN, 0, 0), 0);
	assert_int_equal(CLIENT(SKW_BYPASS_CLOSED, 1, 0), 0);
}

/* One socket may be of IPv6, and the other one of IPv4. */
static void a_mapped_address_is_that_of_ipv4(void **state)
{
	struct skw_bypass_rec rec = server(SKW_BYPASS_DATA, 0, 10);
	const uint8_t local[16] = { [10] = 0xff, 0xff, 127, 0, 0, 2 };
	const uint8_t remote[16] = { [10] = 0xff, 0xff, 127, 0, 0, 1 };
	uint32_t len = 10;

	CLIENT(SKW_BYPASS_DATA, 0, 10);
	rec.family = AF_INET6;
	memcpy(rec.local_addr, local, sizeof(local));
	memcpy(rec.remote_addr, remote, sizeof(remote));
	assert_int_equal(follow(state, rec, 10), 1);
	assert_int_equal(out[0].tcp.tuple.family, AF_INET);
	assert_int_equal(out[0].to.pid, 11);
}

static void connections_of_two_namespaces_are_apart(void **state)
{
	struct skw_bypass_rec rec = record(true, SKW_BYPASS_DATA, 0, 10);

	assert_int_equal(follow(state, rec, 10), 4);
	rec.netns = 7;
	assert_int_equal(follow(state, rec, 10), 4);
}

/* ---- bytes ---- */

static void checksums_are_right(void **state)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	uint8_t bytes[SKW_RAW_TCP_HEADERS_MAX + 3];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct skw_raw_tcp t = { .tuple = { .local_addr = { 1, 2, 3, 4, 5 },
							  .remote_addr = { 9, 8, 7, 6, 5 },
							  .local_port = 1,
							  .remote_port = 2,
							  .family = families[i] },
					       .seq = 3,
					       .ack = 4,
					       .flags = SKW_RAW_TCP_SYN };
		size_t ip = i ? 40 : 20;
		size_t len = skw_raw_tcp_make(&t, "abc", 3, bytes);
		uint64_t sum = IPPROTO_TCP + len - ip;

		assert_int_equal(len, ip + 28 + 3);
		for (size_t at = i ? 8 : 12; at < ip; at += 2)
			sum += (uint32_t)bytes[at] << 8 | bytes[at + 1];
		for (size_t at = ip; at < len; at += 2)
			sum += (uint32_t)bytes[at] << 8 | (at + 1 < len ? bytes[at + 1] : 0);
		assert_int_equal(sum % 0xffff, 0);
		if (!i)
			assert_int_equal(skw_cksum_sum(bytes, 20, 0), 0);
		assert_memory_equal(bytes + len - 3, "abc", 3);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, destroy)
	const struct CMUnitTest tests[] = {
		TEST(a_handshake_comes_before_the_first_byte_only),
		TEST(the_server_may_speak_first),
		TEST(a_connection_that_began_by_tcp_has_no_handshake),
		TEST(an_end_that_closes_in_order_sends_a_fin),
		TEST(an_end_without_a_fin_or_back_with_tcp_gets_none),
		TEST(events_alone_make_no_packet),
		TEST(a_mapped_address_is_that_of_ipv4),
		TEST(connections_of_two_namespaces_are_apart),
		TEST(checksums_are_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
