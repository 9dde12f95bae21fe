// SPDX-License-Identifier: BSD-2-Clause
/* Packets to conversations: whose packets they are, which ones are kept, and the sums of the rest.
 */
#include "flow/conversations.h"

#include <errno.h>

#include "flow/keyed_hash.h"
#include "flow/pair_table.h"
#include "tcp_packets.h"

#define PLENTY (1 << 20)
#define MOST   64

struct fixture {
	struct skw_conversations *c;
	const struct skw_conversation *list[MOST];
	size_t len;
};

static void look(struct fixture *f)
{
	f->len = skw_conversations_len(f->c);
	assert_true(f->len <= MOST);
	skw_conversations_list(f->c, f->list);
}

static void setup(struct fixture *f, size_t max_bytes)
{
	*f = (struct fixture){ .c = new_conversations(max_bytes) };
}

static void done(struct fixture *f)
{
	skw_conversations_free(f->c);
}

static void both_directions_are_a_conversation(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, PLENTY);
	take_handshake(f.c, 0, 0);
	take_tcp(f.c, (struct tcp_packet){
			      .flags = ACK, .seq = 1001, .ack = 5001, .len = 100, .at_us = 20000 });
	look(&f);
	assert_int_equal(f.len, 1);
	assert_int_equal(f.list[0]->tuple.local_port, 40000);
	assert_int_equal(f.list[0]->sides[0].packets, 3);
	assert_int_equal(f.list[0]->sides[0].bytes, 40 + 40 + 140);
	assert_int_equal(f.list[0]->sides[1].packets, 1);
	assert_int_equal(f.list[0]->first_ns, START_NS);
	assert_int_equal(f.list[0]->last_ns, START_NS + 20000 * US);
	assert_true(f.list[0]->syn);
	assert_int_equal(f.list[0]->handshake_ns, 11000 * US);
	/* 10 ms for the SYN, 1 ms for the SYN-ACK. */
	assert_int_equal(f.list[0]->streams[0].rtt.min_ns, 10000 * US);
	assert_int_equal(f.list[0]->streams[1].rtt.min_ns, 1000 * US);
	done(&f);
}

static void the_answer_to_a_syn_turns_the_ends(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, PLENTY);
	take_tcp(f.c,
		 (struct tcp_packet){ .back = true, .flags = SYN | ACK, .seq = 5000, .ack = 1001 });
	look(&f);
	assert_int_equal(f.list[0]->tuple.local_port, 40000);
	assert_int_equal(f.list[0]->sides[1].packets, 1);
	assert_true(f.list[0]->handshake_ns == SKW_CONVERSATION_UNKNOWN);
	done(&f);
}

static void one_direction_has_a_handshake_too(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, PLENTY);
	take_tcp(f.c, (struct tcp_packet){ .flags = SYN, .seq = 1000 });
	take_tcp(f.c, (struct tcp_packet){ .flags = ACK, .seq = 1001, .ack = 5001, .at_us = 7000 });
	look(&f);
	assert_int_equal(f.list[0]->handshake_ns, 7000 * US);
	done(&f);
}

static void a_syn_with_another_number_begins_another(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, PLENTY);
	take_handshake(f.c, 0, 0);
	take_tcp(f.c, (struct tcp_packet){ .flags = SYN, .seq = 1000, .at_us = 12000 });
	look(&f);
	assert_int_equal(f.len, 1);
	assert_int_equal(f.list[0]->streams[0].sent_again, 1);
	take_tcp(f.c, (struct tcp_packet){ .flags = SYN, .seq = 777, .at_us = 13000 });
	look(&f);
	assert_int_equal(f.len, 2);
	take_tcp(f.c, (struct tcp_packet){
			      .back = true, .flags = ACK | RST, .ack = 778, .at_us = 14000 });
	look(&f);
	assert_int_equal(f.len, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(f.list[i]->end, f.list[i]->streams[0].first == 777
							 ? SKW_CONVERSATION_REFUSED
							 : SKW_CONVERSATION_OPEN);
	done(&f);
}

static void ends_are_told(void **state)
{
	static const struct {
		struct tcp_packet last[3];
		uint8_t end;
	} cases[] = {
		{ { { .flags = FIN | ACK, .seq = 1001, .ack = 5001 } },
		  SKW_CONVERSATION_HALF_CLOSED },
		{ { { .flags = FIN | ACK, .seq = 1001, .ack = 5001 },
		    { .back = true, .flags = FIN | ACK, .seq = 5001, .ack = 1002 } },
		  SKW_CONVERSATION_FIN },
		{ { { .flags = FIN | ACK, .seq = 1001, .ack = 5001 },
		    { .back = true, .flags = FIN | ACK, .seq = 5001, .ack = 1002 },
		    { .flags = RST, .seq = 1002 } },
		  SKW_CONVERSATION_FIN },
		{ { { .flags = RST, .seq = 1001 } }, SKW_CONVERSATION_RESET_BY_SRC },
		{ { { .back = true, .flags = RST, .seq = 5001 } }, SKW_CONVERSATION_RESET_BY_DST },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct fixture f;

		setup(&f, PLENTY);
		take_handshake(f.c, 0, 0);
		for (size_t n = 0; n < 3 && cases[i].last[n].flags; n++)
			take_tcp(f.c, cases[i].last[n]);
		look(&f);
		assert_int_equal(f.list[0]->end, cases[i].end);
		done(&f);
	}
}

static void packets_of_another_interface_do_not_count(void **state)
{
	static const struct skw_iface eth = { .name = "eth0" }, bridge = { .name = "br0" };
	struct tcp_packet p = { .flags = ACK, .seq = 1, .ack = 1, .len = 10 };
	struct fixture f;

	(void)state;
	setup(&f, PLENTY);
	for (unsigned i = 0; i < 3; i++) {
		p.from = &eth;
		take_tcp(f.c, p);
		p.from = &bridge;
		take_tcp(f.c, p);
		p.seq += 10;
		p.at_us += 1000;
	}
	look(&f);
	assert_int_equal(f.list[0]->sides[0].packets, 3);
	assert_int_equal(f.list[0]->copies, 3);
	assert_int_equal(f.list[0]->streams[0].sent_again, 0);
	done(&f);
}

static void udp_and_other_protocols(void **state)
{
	struct frame icmp = { .n = 0 };
	struct tcp_packet p = { .len = 5 };
	struct fixture f;

	(void)state;
	setup(&f, PLENTY);
	take_udp(f.c, p);
	p.back = true;
	take_udp(f.c, p);
	put_ipv4(&icmp, IPPROTO_ICMP, 8, 0);
	PUT(&icmp, "\x08\0\0\0\0\1\0\1");
	assert_int_equal(take_frame(f.c, &icmp, &p, icmp.n), 0);
	icmp.n = 10;
	assert_int_equal(take_frame(f.c, &icmp, &p, 28), 0);
	look(&f);
	assert_int_equal(f.len, 1);
	assert_int_equal(f.list[0]->tuple.proto, IPPROTO_UDP);
	assert_null(f.list[0]->streams);
	assert_int_equal(f.list[0]->sides[0].packets + f.list[0]->sides[1].packets, 2);
	assert_int_equal(skw_conversations_rest(f.c)->others, 1);
	assert_int_equal(skw_conversations_rest(f.c)->unreadable, 1);
	done(&f);
}

/* The second part of a datagram has no ports: the first one tells them. */
static void fragments_belong_to_their_datagram(void **state)
{
	struct frame first = { .n = 0 }, later = { .n = 0 };
	struct tcp_packet p = { .len = 8 };
	struct fixture f;

	(void)state;
	setup(&f, PLENTY);
	put_ipv4(&later, IPPROTO_UDP, 8, 2);
	PUT(&later, "12345678");
	put_ipv4(&first, IPPROTO_UDP, 16, 0x2000);
	put_ends(&first, &p);
	PUT(&first, "\0\x18\0\0"
		    "12345678");
	assert_int_equal(take_frame(f.c, &later, &p, later.n), 0);
	assert_int_equal(skw_conversations_rest(f.c)->fragments, 1);
	assert_int_equal(take_frame(f.c, &first, &p, first.n), 0);
	assert_int_equal(take_frame(f.c, &later, &p, later.n), 0);
	look(&f);
	assert_int_equal(f.len, 1);
	assert_int_equal(f.list[0]->sides[0].packets, 2);
	assert_int_equal(f.list[0]->fragments, 2);
	done(&f);
}

#define CONNECTIONS 2000

static void memory_has_a_limit_and_nothing_is_left_out(void **state)
{
	struct fixture f;
	uint64_t packets = 0;

	(void)state;
	setup(&f, 32 << 10);
	for (uint16_t i = 0; i < CONNECTIONS; i++)
		take_handshake(f.c, (uint16_t)(10000 + i), i);
	look(&f);
	assert_in_range(f.len, 10, 50);
	for (size_t i = 0; i < f.len; i++)
		packets += f.list[i]->sides[0].packets + f.list[i]->sides[1].packets;
	assert_int_equal(packets + skw_conversations_rest(f.c)->packets, 3 * CONNECTIONS);
	assert_int_equal(f.len + skw_conversations_rest(f.c)->conversations, CONNECTIONS);
	done(&f);
}

static void those_that_ended_go_first(void **state)
{
	struct fixture f;
	bool kept = false;

	(void)state;
	setup(&f, 32 << 10);
	take_handshake(f.c, 9999, 0);
	for (uint16_t i = 0; i < CONNECTIONS; i++) {
		take_handshake(f.c, (uint16_t)(10000 + i), i);
		take_tcp(f.c, (struct tcp_packet){
				      .port = (uint16_t)(10000 + i), .flags = RST, .seq = 1001 });
	}
	look(&f);
	for (size_t i = 0; i < f.len; i++)
		kept |= f.list[i]->tuple.local_port == 9999;
	assert_true(kept);
	assert_int_equal(skw_conversations_rest(f.c)->resets + f.len - 1, CONNECTIONS);
	done(&f);
}

static void one_is_kept_however_little_memory_there_is(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 1);
	take_handshake(f.c, 1, 0);
	take_handshake(f.c, 2, 0);
	look(&f);
	assert_int_equal(f.len, 1);
	assert_int_equal(f.list[0]->tuple.local_port, 2);
	done(&f);
}

/* The vector of the paper, appendix A. */
static void the_hash_is_siphash(void **state)
{
	const uint64_t key[2] = { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL };
	const uint8_t bytes[15] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 };

	(void)state;
	assert_true(skw_keyed_hash(key, bytes, sizeof(bytes)) == 0xa129ca6149be45e5ULL);
}

/* ---- a watcher ---- */

struct watched {
	unsigned packets, left;
	unsigned user; /* an address that conversations carry */
};

static int count_packet(void *ctx, struct skw_conversation *c, const struct skw_packet *pkt,
			const struct skw_flow *flow)
{
	struct watched *w = ctx;

	w->packets++;
	assert_true(pkt->len >= 40);
	assert_int_equal(flow->tuple.proto, IPPROTO_TCP);
	/* The conversation has the packet already. */
	assert_true(c->sides[0].packets + c->sides[1].packets > 0);
	c->user = &w->user;
	return w->packets == 7 ? -ENOMEM : 0;
}

static void count_end(void *ctx, struct skw_conversation *c)
{
	struct watched *w = ctx;

	assert_ptr_equal(c->user, &w->user);
	w->left++;
}

static void a_watcher_hears_of_packets_and_ends(void **state)
{
	struct watched w = { 0 };
	const struct skw_conversations_watcher watcher = { count_packet, count_end, &w };
	const struct skw_conversations_options opt = { .key = { 1, 2 }, .watcher = &watcher };
	struct skw_conversations *c;
	struct frame f = { .n = 0 };
	const struct tcp_packet last = { .port = 3, .flags = SYN };

	(void)state;
	assert_int_equal(skw_conversations_new(&opt, &c), 0);
	take_handshake(c, 1, 0);
	take_handshake(c, 2, 0);
	/* There is memory for one, so the first has left. */
	assert_int_equal(w.packets, 6);
	assert_int_equal(w.left, 1);
	put_tcp(&f, &last);
	assert_int_equal(take_frame(c, &f, &last, f.n), -ENOMEM);
	skw_conversations_free(c);
	assert_int_equal(w.left, 3);
}

static void a_conversation_is_found_by_either_end(void **state)
{
	struct fixture f;
	struct skw_tuple tuple;

	(void)state;
	setup(&f, PLENTY);
	take_handshake(f.c, 0, 0);
	look(&f);
	tuple = f.list[0]->tuple;
	assert_ptr_equal(skw_conversations_find(f.c, &tuple), f.list[0]);
	skw_pair_turn(&tuple);
	assert_ptr_equal(skw_conversations_find(f.c, &tuple), f.list[0]);
	/* The last round trip is that of the first acknowledgment. */
	assert_int_equal(f.list[0]->streams[1].rtt.last_ns, 1000 * US);
	tuple.local_port++;
	assert_null(skw_conversations_find(f.c, &tuple));
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_are_a_conversation),
		cmocka_unit_test(the_answer_to_a_syn_turns_the_ends),
		cmocka_unit_test(one_direction_has_a_handshake_too),
		cmocka_unit_test(a_syn_with_another_number_begins_another),
		cmocka_unit_test(ends_are_told),
		cmocka_unit_test(packets_of_another_interface_do_not_count),
		cmocka_unit_test(udp_and_other_protocols),
		cmocka_unit_test(fragments_belong_to_their_datagram),
		cmocka_unit_test(memory_has_a_limit_and_nothing_is_left_out),
		cmocka_unit_test(those_that_ended_go_first),
		cmocka_unit_test(one_is_kept_however_little_memory_there_is),
		cmocka_unit_test(the_hash_is_siphash),
		cmocka_unit_test(a_watcher_hears_of_packets_and_ends),
		cmocka_unit_test(a_conversation_is_found_by_either_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
