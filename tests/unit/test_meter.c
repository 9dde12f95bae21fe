// SPDX-License-Identifier: BSD-2-Clause
/* Figures of sockets, added up: differences, closes, owners. */
#include "metrics/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meter_world.h"

#define DEFAULT (SKW_LABEL_COMM | SKW_LABEL_DIRECTION | SKW_LABEL_REMOTE_CLASS)
#define OUT     "direction=\"out\",remote_class=\"private\"}"

static void what_was_before_the_start_does_not_count(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_traffic(1, 10 * S, 5000, 7000);

	(void)state;
	world_begin(&w, 0, 10);
	rec.segs_out = 50;
	rec.retrans_segs = 3;
	sweep(&w, 10 * S, &rec);
	assert_value(&w, "skwatch_tcp_sent_bytes_total", "0");
	assert_value(&w, "skwatch_tcp_connections{state=\"established\"}", "1");
	rec.bytes_acked = 5100;
	rec.bytes_received = 7001;
	rec.segs_out = 57;
	rec.retrans_segs = 4;
	sweep(&w, 11 * S, &rec);
	assert_value(&w, "skwatch_tcp_sent_bytes_total", "100");
	assert_value(&w, "skwatch_tcp_received_bytes_total", "1");
	assert_value(&w, "skwatch_tcp_sent_segments_total", "7");
	assert_value(&w, "skwatch_tcp_retransmitted_segments_total", "1");
	world_end(&w);
}

static void a_connection_between_two_sweeps_counts_by_its_close(void **state)
{
	struct meter_world w;
	struct skw_close_rec close = make_close(7, 12 * S, 9, 0);

	(void)state;
	world_begin(&w, DEFAULT, 10);
	sweep(&w, 10 * S, NULL);
	process(&w, SKW_EVENT_CREATOR, 7, 11 * S, SKW_CONN_OUT, "curl");
	established(&w, 7, 11 * S, SKW_CONN_OUT, 250);
	close.row.bytes_acked = 100;
	close.row.bytes_received = 2000;
	close.row.segs_out = 9;
	close.row.retrans_segs = 1;
	close.row.rto_count = 1;
	event(&w, &close, sizeof(close));
	assert_value(&w, "skwatch_tcp_sent_bytes_total{comm=\"curl\"," OUT, "100");
	assert_value(&w, "skwatch_tcp_received_bytes_total{comm=\"curl\"," OUT, "2000");
	assert_value(&w, "skwatch_tcp_sent_segments_total{comm=\"curl\"," OUT, "9");
	assert_value(&w, "skwatch_tcp_retransmitted_segments_total{comm=\"curl\"," OUT, "1");
	assert_value(&w, "skwatch_tcp_retransmission_timeouts_total{comm=\"curl\"," OUT, "1");
	assert_value(&w,
		     "skwatch_tcp_connections_opened_total{comm=\"curl\",remote_class=\"private\","
		     "direction=\"out\"}",
		     "1");
	assert_value(&w,
		     "skwatch_tcp_connections_closed_total{comm=\"curl\",direction=\"out\","
		     "remote_class=\"private\",reason=\"fin\"}",
		     "1");
	assert_value(&w, "skwatch_tcp_handshake_seconds_sum{comm=\"curl\"," OUT, "0.000250");
	assert_int_equal(w.meter.tallies.len, 0);
	world_end(&w);
}

static void a_close_adds_only_what_sweeps_have_not(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_traffic(7, 12 * S, 100, 0);
	struct skw_close_rec close = make_close(7, 13 * S, 9, 0);

	(void)state;
	world_begin(&w, 0, 10);
	sweep(&w, 10 * S, NULL);
	established(&w, 7, 11 * S, SKW_CONN_OUT, SKW_NONE32);
	sweep(&w, 12 * S, &rec);
	assert_value(&w, "skwatch_tcp_sent_bytes_total", "100");
	close.row.bytes_acked = 150;
	event(&w, &close, sizeof(close));
	assert_value(&w, "skwatch_tcp_sent_bytes_total", "150");
	/* The sweeps that do not meet it any more are no second close. */
	sweep(&w, 14 * S, NULL);
	sweep(&w, 15 * S, NULL);
	sweep(&w, 16 * S, NULL);
	assert_value(&w, "skwatch_tcp_connections_closed_total{reason=\"fin\"}", "1");
	assert_value(&w, "skwatch_tcp_connections_closed_total{reason=\"unknown\"}", "");
	assert_value(&w, "skwatch_tcp_connections{state=\"established\"}", "0");
	world_end(&w);
}

static void a_sweep_may_meet_a_connection_before_its_events_come(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_traffic(7, 10 * S, 100, 30);

	(void)state;
	world_begin(&w, SKW_LABEL_COMM, 10);
	sweep(&w, 10 * S, &rec);
	assert_value(&w, "skwatch_tcp_sent_bytes_total{comm=\"unknown\"}", "0");
	process(&w, SKW_EVENT_CREATOR, 7, 9 * S, SKW_CONN_OUT, "curl");
	established(&w, 7, 9 * S, SKW_CONN_OUT, SKW_NONE32);
	assert_value(&w, "skwatch_tcp_sent_bytes_total{comm=\"curl\"}", "100");
	assert_value(&w, "skwatch_tcp_received_bytes_total{comm=\"curl\"}", "30");
	assert_value(&w, "skwatch_tcp_connections_opened_total{comm=\"curl\",direction=\"out\"}",
		     "1");
	sweep(&w, 11 * S, &rec);
	assert_value(&w, "skwatch_tcp_sent_bytes_total{comm=\"curl\"}", "100");
	world_end(&w);
}

static void a_close_that_was_lost_counts_once_with_the_last_sweep(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_traffic(7, 12 * S, 100, 0);

	(void)state;
	world_begin(&w, 0, 10);
	sweep(&w, 10 * S, NULL);
	established(&w, 7, 11 * S, SKW_CONN_OUT, SKW_NONE32);
	sweep(&w, 12 * S, &rec);
	sweep(&w, 13 * S, NULL);
	assert_value(&w, "skwatch_tcp_connections_closed_total{reason=\"unknown\"}", "");
	sweep(&w, 14 * S, NULL);
	sweep(&w, 15 * S, NULL);
	assert_value(&w, "skwatch_tcp_connections_closed_total{reason=\"unknown\"}", "1");
	assert_value(&w, "skwatch_tcp_sent_bytes_total", "100");
	assert_int_equal(w.meter.tallies.len, 0);
	world_end(&w);
}

static void an_incomplete_sweep_closes_nothing(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_traffic(7, 10 * S, 100, 0);

	(void)state;
	world_begin(&w, 0, 10);
	sweep(&w, 10 * S, &rec);
	for (unsigned i = 0; i < 4; i++) {
		sweep_begin(&w, (11 + i) * S);
		w.taker.ops->sweep_end(w.taker.ctx, (11 + i) * S, false);
	}
	assert_int_equal(w.meter.tallies.len, 1);
	world_end(&w);
}

static void failed_connects_have_reasons(void **state)
{
	struct meter_world w;
	struct skw_close_rec refused = make_close(7, 11 * S, 2, 111);
	struct skw_event_rec failed = make_event(SKW_EVENT_FAILED, 8, 12 * S);

	(void)state;
	world_begin(&w, DEFAULT, 10);
	sweep(&w, 10 * S, NULL);
	process(&w, SKW_EVENT_CREATOR, 7, 11 * S, SKW_CONN_OUT, "curl");
	refused.row.segs_out = 1;
	event(&w, &refused, sizeof(refused));
	process(&w, SKW_EVENT_CREATOR, 8, 12 * S, SKW_CONN_OUT, "curl");
	failed.head.direction = SKW_CONN_OUT;
	failed.error = 101;
	event(&w, &failed, sizeof(failed));
	assert_value(&w,
		     "skwatch_tcp_connections_failed_total{comm=\"curl\",direction=\"out\","
		     "remote_class=\"private\",reason=\"refused\"}",
		     "1");
	assert_value(&w,
		     "skwatch_tcp_connections_failed_total{comm=\"curl\",direction=\"out\","
		     "remote_class=\"private\",reason=\"unreachable\"}",
		     "1");
	assert_value(&w, "skwatch_tcp_sent_segments_total{comm=\"curl\"," OUT, "1");
	assert_int_equal(w.meter.tallies.len, 0);
	world_end(&w);
}

static void samples_of_the_kernel_are_added_by_bucket(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_traffic(7, 10 * S, 0, 0);

	(void)state;
	world_begin(&w, 0, 10);
	memset(rec.rtt_hist, 0, sizeof(rec.rtt_hist));
	rec.rtt_samples = 5;
	rec.last_rtt_us = 40;
	rec.rtt_hist[0] = 2;
	rec.rtt_hist[1] = 3;
	sweep(&w, 10 * S, &rec);
	rec.rtt_samples = 6;
	rec.rtt_hist[15] = 1;
	sweep(&w, 11 * S, &rec);
	assert_value(&w, "skwatch_tcp_rtt_seconds_bucket{le=\"3.2e-05\"}", "2");
	assert_value(&w, "skwatch_tcp_rtt_seconds_bucket{le=\"6.4e-05\"}", "5");
	assert_value(&w, "skwatch_tcp_rtt_seconds_bucket{le=\"0.524288\"}", "5");
	assert_value(&w, "skwatch_tcp_rtt_seconds_bucket{le=\"+Inf\"}", "6");
	assert_value(&w, "skwatch_tcp_rtt_seconds_count", "6");
	world_end(&w);
}

static void the_kernel_counts_segments_in_32_bits(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_traffic(7, 10 * S, 0, 0);

	(void)state;
	world_begin(&w, 0, 10);
	rec.segs_out = 4294967290U;
	sweep(&w, 10 * S, &rec);
	rec.segs_out = 4;
	sweep(&w, 11 * S, &rec);
	assert_value(&w, "skwatch_tcp_sent_segments_total", "10");
	/* A socket that is connected once more counts from 0. */
	rec.segs_out = 3;
	sweep(&w, 12 * S, &rec);
	assert_value(&w, "skwatch_tcp_sent_segments_total", "13");
	world_end(&w);
}

static void the_holder_of_a_socket_is_its_owner_from_then_on(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_traffic(7, 10 * S, 0, 0);

	(void)state;
	world_begin(&w, DEFAULT, 10);
	sweep(&w, 9 * S, NULL);
	process(&w, SKW_EVENT_CREATOR, 7, 9 * S, SKW_CONN_OUT, "sh");
	established(&w, 7, 9 * S, SKW_CONN_OUT, SKW_NONE32);
	rec.inode = 55;
	rec.bytes_acked = 10;
	sweep(&w, 10 * S, &rec);
	w.taker.ops->holders_begin(w.taker.ctx);
	held_by(&w, 55, 900, "child");
	held_by(&w, 55, 800, "server");
	held_by(&w, 56, 1, "other");
	held_by(&w, 55, 850, "late");
	w.taker.ops->holders_end(w.taker.ctx);
	rec.bytes_acked = 30;
	sweep(&w, 11 * S, &rec);
	assert_value(&w, "skwatch_tcp_sent_bytes_total{comm=\"sh\"," OUT, "10");
	assert_value(&w, "skwatch_tcp_sent_bytes_total{comm=\"server\"," OUT, "20");
	assert_value(&w, "skwatch_tcp_sent_bytes_total{comm=\"child\"," OUT, "");
	world_end(&w);
}

static void accepted_connections_belong_to_their_listener(void **state)
{
	struct meter_world w;
	struct skw_conn_rec listener = make_kind(3, SKW_ROW_TCP, 10, 10 * S);
	struct skw_event_rec listen = make_event(SKW_EVENT_LISTEN, 3, 9 * S);

	(void)state;
	world_begin(&w, DEFAULT, 10);
	memset(listener.remote_addr, 0, 16);
	memset(listener.local_addr, 0, 16);
	listener.local_port = listen.local_port = 20007;
	memset(listen.local_addr, 0, 16);
	listener.recv_q = 3;
	listener.send_q = 128;
	listener.drops = 9;
	process(&w, SKW_EVENT_CREATOR, 3, 9 * S, SKW_CONN_UNKNOWN, "nginx");
	event(&w, &listen, sizeof(listen));
	sweep(&w, 10 * S, &listener);
	established(&w, 7, 11 * S, SKW_CONN_IN, SKW_NONE32);
	assert_value(&w,
		     "skwatch_tcp_connections_opened_total{comm=\"nginx\",remote_class=\"private\","
		     "direction=\"in\"}",
		     "1");
	assert_value(&w, "skwatch_tcp_listen_queue{comm=\"nginx\"}", "3");
	assert_value(&w, "skwatch_tcp_listen_queue_limit{comm=\"nginx\"}", "128");
	assert_value(&w, "skwatch_tcp_listen_drops_total{comm=\"nginx\"}", "9");
	listener.drops = 11;
	sweep(&w, 12 * S, &listener);
	assert_value(&w, "skwatch_tcp_listen_drops_total{comm=\"nginx\"}", "11");
	world_end(&w);
}

static void connections_at_rest_stay(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_traffic(7, 10 * S, 100, 0);
	struct skw_row_steady steady = { .ts_ns = 11 * S, .cookie = 7, .segs_out = SKW_NONE32 };

	(void)state;
	world_begin(&w, 0, 10);
	sweep(&w, 10 * S, &rec);
	for (unsigned i = 0; i < 4; i++) {
		sweep_begin(&w, (11 + i) * S);
		steady.ts_ns = (11 + i) * S;
		assert_int_equal(w.taker.ops->sweep_steady(w.taker.ctx, &steady), 1);
		sweep_end(&w, (11 + i) * S);
	}
	assert_value(&w, "skwatch_tcp_connections{state=\"established\"}", "1");
	/* A connection that is not known must come as a row. */
	sweep_begin(&w, 20 * S);
	steady.cookie = 8;
	steady.ts_ns = 20 * S;
	assert_int_equal(w.taker.ops->sweep_steady(w.taker.ctx, &steady), 0);
	/* Neither does it do for one that an event has told, and no row. */
	established(&w, 8, 20 * S, SKW_CONN_OUT, SKW_NONE32);
	assert_int_equal(w.taker.ops->sweep_steady(w.taker.ctx, &steady), 0);
	world_end(&w);
}

static void waiting_sockets_are_counted_by_the_sweep(void **state)
{
	struct meter_world w;
	struct skw_conn_rec waits = make_kind(9, SKW_ROW_TIME_WAIT, 6, 10 * S);
	struct skw_conn_rec half = make_kind(SKW_NONE64, SKW_ROW_SYN_RECV, 3, 10 * S);

	(void)state;
	world_begin(&w, 0, 10);
	half.direction = SKW_CONN_IN;
	sweep_begin(&w, 10 * S);
	row(&w, &waits);
	row(&w, &waits);
	row(&w, &half);
	sweep_end(&w, 10 * S);
	assert_value(&w, "skwatch_tcp_connections{state=\"time_wait\"}", "2");
	assert_value(&w, "skwatch_tcp_connections{state=\"syn_recv\"}", "1");
	w.taker.ops->holders_begin(w.taker.ctx);
	w.taker.ops->holders_end(w.taker.ctx);
	assert_value(&w, "skwatch_tcp_connections{state=\"time_wait\"}", "2");
	sweep(&w, 11 * S, NULL);
	assert_value(&w, "skwatch_tcp_connections{state=\"time_wait\"}", "0");
	world_end(&w);
}

static void datagrams_count_from_the_start(void **state)
{
	struct meter_world w;
	struct skw_conn_rec rec = make_kind(5, SKW_ROW_UDP, 7, 10 * S);
	struct skw_close_rec last = { .head = { 12 * S, 5, SKW_EVENT_LAST, 0, 0, 0, 4026531840U } };

	(void)state;
	world_begin(&w, 0, 10);
	w.figures.udp = true;
	rec.bytes_acked = 100;
	rec.bytes_received = 50;
	rec.packets_out = 0x1fffffff0ULL;
	rec.packets_in = 2;
	rec.drops = 7;
	rec.quic = 0;
	sweep(&w, 10 * S, &rec);
	rec.packets_out = 0x200000004ULL;
	rec.bytes_acked = 120;
	rec.drops = 9;
	sweep(&w, 11 * S, &rec);
	assert_value(&w, "skwatch_udp_sent_bytes_total", "120");
	assert_value(&w, "skwatch_udp_received_bytes_total", "50");
	assert_value(&w, "skwatch_udp_sent_packets_total", "4294967300");
	/* The kernel's count has begun with the socket. */
	assert_value(&w, "skwatch_udp_drops_total", "2");
	last.row = rec;
	last.row.bytes_acked = 121;
	event(&w, &last, sizeof(last));
	assert_value(&w, "skwatch_udp_sent_bytes_total", "121");
	assert_int_equal(w.meter.tallies.len, 0);
	world_end(&w);
}

/* Many come and go, and each figure stays where it belongs. */
static void tallies_are_found_by_their_cookies(void **state)
{
	struct skw_tallies t;
	uint32_t place;

	(void)state;
	assert_int_equal(skw_tallies_init(&t), 0);
	for (uint64_t i = 1; i <= 20000; i++) {
		assert_int_equal(skw_tallies_add(&t, i * 977, &place), 0);
		skw_tallies_at(&t, place)->kind = SKW_TALLY_TCP;
		assert_non_null(skw_tallies_samples(&t, skw_tallies_at(&t, place)));
		if (i > 5000)
			skw_tallies_remove(&t, skw_tallies_find(&t, (i - 5000) * 977, UINT32_MAX));
	}
	assert_int_equal(t.len, 5000);
	assert_int_equal(t.end, 5001);
	assert_int_equal(t.samples_end, 5001);
	for (uint64_t i = 1; i <= 20000; i++) {
		place = skw_tallies_find(&t, i * 977, 0);
		assert_int_equal(place != UINT32_MAX, i > 15000);
		if (place != UINT32_MAX)
			assert_int_equal(skw_tallies_at(&t, place)->cookie, i * 977);
	}
	skw_tallies_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_before_the_start_does_not_count),
		cmocka_unit_test(a_connection_between_two_sweeps_counts_by_its_close),
		cmocka_unit_test(a_close_adds_only_what_sweeps_have_not),
		cmocka_unit_test(a_sweep_may_meet_a_connection_before_its_events_come),
		cmocka_unit_test(a_close_that_was_lost_counts_once_with_the_last_sweep),
		cmocka_unit_test(an_incomplete_sweep_closes_nothing),
		cmocka_unit_test(failed_connects_have_reasons),
		cmocka_unit_test(samples_of_the_kernel_are_added_by_bucket),
		cmocka_unit_test(the_kernel_counts_segments_in_32_bits),
		cmocka_unit_test(the_holder_of_a_socket_is_its_owner_from_then_on),
		cmocka_unit_test(accepted_connections_belong_to_their_listener),
		cmocka_unit_test(connections_at_rest_stay),
		cmocka_unit_test(waiting_sockets_are_counted_by_the_sweep),
		cmocka_unit_test(datagrams_count_from_the_start),
		cmocka_unit_test(tallies_are_found_by_their_cookies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
