// SPDX-License-Identifier: BSD-2-Clause
/* Sweeps of the connection table: rows, rates, which rows are removed and which are kept. */
#include "table/table.h"

#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_table.h"
#include "row/history.h"

#define ROWS      100000
#define ROW_BYTES 400

static void a_row_has_what_its_record_told(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 1000, 2000);

	rec.srtt_us = 41200;
	rec.delivery_rate = 125;
	memcpy(rec.congestion, "cubic", 5);
	sweep(t, 1 * S, &rec, 1);

	const struct skw_row *row = find(t, 7);

	assert_int_equal(skw_table_len(t), 1);
	assert_int_equal(row->state, SKW_STATE_ESTABLISHED);
	assert_int_equal(row->bytes_acked, 1000);
	assert_int_equal(row->srtt_us, 41200);
	assert_int_equal(row->delivery_rate_bps, 1000);
	assert_int_equal(row->pacing_rate_bps, SKW_NONE64);
	assert_string_equal(row->congestion, "cubic");
	assert_null(row->owners);
	assert_null(skw_table_find(t, 8));
}

static void rates_need_two_sweeps(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 1000, 2000);

	sweep(t, 1 * S, &rec, 1);
	assert_int_equal(find(t, 7)->tx_bps, SKW_NONE64);
	assert_true(isnan(skw_table_totals(t)->tx_bps));

	/* The record was read half a second after the sweep began, and its own time counts. */
	rec = make_traffic(7, 3 * S, 3000, 2500);
	sweep(t, 3 * S, &rec, 1);
	assert_int_equal(find(t, 7)->tx_bps, 2000 * 8 / 2);
	assert_int_equal(find(t, 7)->rx_bps, 500 * 8 / 2);
	assert_true(skw_table_totals(t)->tx_bps == 8000);
	assert_true(skw_table_totals(t)->rx_bps == 2000);

	rec = make_traffic(7, 4 * S, 3000, 2500);
	sweep(t, 4 * S, &rec, 1);
	assert_int_equal(find(t, 7)->tx_bps, 0);
}

static void a_rate_that_no_number_holds_is_unknown(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 0, 0);

	sweep(t, 1 * S, &rec, 1);
	rec = make_traffic(7, 1 * S + 1, 1ULL << 62, 1);
	sweep(t, 2 * S, &rec, 1);
	assert_int_equal(find(t, 7)->tx_bps, SKW_NONE64);
	assert_int_equal(find(t, 7)->rx_bps, 8 * S);
}

static void a_connection_opened_between_sweeps_moved_nothing_before(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec recs[2] = { make_traffic(7, 2 * S, 1000, 0),
					make_traffic(8, 2 * S, 1000, 0) };

	sweep(t, 1 * S, NULL, 0);
	recs[0].opened_ns = 1500 * MS;
	sweep(t, 2 * S, recs, 2);
	assert_int_equal(find(t, 7)->tx_bps, 8000);
	/* It is not known whether this connection is new, so it has no rate. */
	assert_int_equal(find(t, 8)->tx_bps, SKW_NONE64);
	assert_true(skw_table_totals(t)->tx_bps == 8000);
}

static void a_row_vanishes_after_two_complete_sweeps(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 1000, 0);

	sweep(t, 1 * S, &rec, 1);
	sweep(t, 2 * S, NULL, 0);
	assert_int_equal(find(t, 7)->state, SKW_STATE_ESTABLISHED);

	skw_table_sweep_begin(t, 3 * S);
	skw_table_sweep_end(t, 3 * S, false);
	assert_int_equal(find(t, 7)->state, SKW_STATE_ESTABLISHED);

	sweep(t, 4 * S, NULL, 0);
	assert_int_equal(find(t, 7)->state, SKW_STATE_CLOSED);
	assert_int_equal(find(t, 7)->close_reason, SKW_CLOSE_UNKNOWN);
	assert_int_equal(find(t, 7)->closed_ns, 4 * S);
	assert_int_equal(find(t, 7)->bytes_acked, 1000);
	assert_int_equal(skw_table_totals(t)->closed, 1);

	sweep(t, 13 * S, NULL, 0);
	find(t, 7);
	sweep(t, 14 * S, NULL, 0);
	assert_null(skw_table_find(t, 7));
	assert_int_equal(skw_table_len(t), 0);
}

static void met_again_it_has_not_been_missed(void **state)
{
	struct skw_table *t = *state;

	for (unsigned i = 1; i < 6; i++) {
		struct skw_conn_rec rec = make_traffic(7, i * S, 0, 0);

		sweep(t, i * S, &rec, i % 2);
	}
	assert_int_equal(find(t, 7)->state, SKW_STATE_ESTABLISHED);
}

static void a_time_wait_is_its_connections_last_state(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 1000, 2000);
	struct skw_conn_rec wait = make_kind(7, SKW_ROW_TIME_WAIT, SKW_STATE_TIME_WAIT, 2 * S);

	sweep(t, 1 * S, &rec, 1);
	wait.timer_left_us = 59000000;
	sweep(t, 2 * S, &wait, 1);
	assert_int_equal(skw_table_len(t), 1);
	assert_int_equal(find(t, 7)->state, SKW_STATE_TIME_WAIT);
	assert_int_equal(find(t, 7)->bytes_acked, 1000);
	assert_int_equal(find(t, 7)->timer, SKW_TIMER_TIMEWAIT);
	assert_int_equal(find(t, 7)->timer_left_us, 59000000);
	assert_int_equal(find(t, 7)->changed, 1);
	assert_int_equal(skw_table_totals(t)->states[SKW_STATE_TIME_WAIT], 1);

	sweep(t, 3 * S, NULL, 0);
	sweep(t, 4 * S, NULL, 0);
	assert_int_equal(find(t, 7)->state, SKW_STATE_CLOSED);
	assert_int_equal(find(t, 7)->bytes_acked, 1000);
}

static void a_strangers_time_wait_is_a_row_while_it_lasts(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec wait = make_kind(7, SKW_ROW_TIME_WAIT, SKW_STATE_TIME_WAIT, 1 * S);

	sweep(t, 1 * S, &wait, 1);
	assert_int_equal(find(t, 7)->tuple.remote_port, 443);
	assert_int_equal(find(t, 7)->bytes_acked, SKW_NONE64);
	assert_int_equal(find(t, 7)->uid, SKW_NONE32);
	sweep(t, 2 * S, NULL, 0);
	sweep(t, 3 * S, NULL, 0);
	assert_null(skw_table_find(t, 7));
}

static void requests_without_a_cookie_go_by_their_addresses(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec recs[3] = {
		make_kind(SKW_NONE64, SKW_ROW_SYN_RECV, SKW_STATE_SYN_RECV, 1 * S),
		make_kind(SKW_NONE64, SKW_ROW_SYN_RECV, SKW_STATE_SYN_RECV, 1 * S),
		make_kind(SKW_NONE64, SKW_ROW_SYN_RECV, SKW_STATE_SYN_RECV, 1 * S),
	};

	recs[1].remote_port = 444;
	recs[2].netns = 5;
	sweep(t, 1 * S, recs, 3);
	sweep(t, 2 * S, recs, 3);
	assert_int_equal(skw_table_len(t), 3);
	assert_int_equal(skw_table_totals(t)->states[SKW_STATE_SYN_RECV], 3);

	/* The first socket became a connection with a cookie. The second was closed. */
	struct skw_conn_rec next[2] = { make_traffic(7, 3 * S, 0, 0), recs[2] };

	next[0].local_port = recs[0].local_port;
	skw_table_sweep_begin(t, 3 * S);
	assert_int_equal(take_row(t, &next[0], sizeof(next[0])), 0);
	assert_int_equal(skw_table_len(t), 3);
	assert_int_equal(take_row(t, &next[1], sizeof(next[1])), 0);
	skw_table_sweep_end(t, 3 * S, true);
	assert_int_equal(skw_table_len(t), 2);
	assert_int_equal(find(t, 7)->state, SKW_STATE_ESTABLISHED);
}

static void a_listener_tells_who_was_accepted(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec recs[4] = { make_traffic(1, 1 * S, 0, 0), make_traffic(2, 1 * S, 0, 0),
					make_traffic(3, 1 * S, 0, 0),
					make_record(9, SKW_STATE_LISTEN) };

	/* A listener of IPv6 accepts IPv4 with mapped addresses. */
	recs[0].family = AF_INET6;
	memcpy(recs[0].local_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1", 16);
	recs[0].local_port = 80;
	recs[1].local_port = 80;
	recs[1].netns = 5;
	recs[3].family = AF_INET6;
	memset(recs[3].local_addr, 0, 16);
	recs[3].local_port = 80;
	recs[3].ts_ns = 1 * S;
	sweep(t, 1 * S, recs, 4);
	assert_int_equal(find(t, 1)->direction, SKW_CONN_IN);
	assert_int_equal(find(t, 2)->direction, SKW_CONN_UNKNOWN);
	assert_int_equal(find(t, 3)->direction, SKW_CONN_UNKNOWN);
	assert_int_equal(find(t, 9)->direction, SKW_CONN_UNKNOWN);
	assert_int_equal(skw_table_totals(t)->rows, 3);
	assert_int_equal(skw_table_totals(t)->states[SKW_STATE_LISTEN], 1);
	assert_int_equal(skw_table_totals(t)->netns, 2);
}

static void history_has_a_sample_or_the_smoothed_rtt(void **state)
{
	struct skw_table *t = *state;
	uint32_t us[5];

	for (unsigned i = 1; i <= 5; i++) {
		struct skw_conn_rec rec = make_traffic(7, i * S, 0, 0);

		rec.srtt_us = 100;
		rec.rtt_samples = i < 3 ? 0 : i < 5 ? i : 4;
		rec.last_rtt_us = 1000 * i;
		if (i == 1)
			rec.srtt_us = SKW_NONE32;
		sweep(t, i * S, &rec, 1);
	}
	skw_history_read(find(t, 7), us, 5);
	assert_int_equal(us[0], SKW_NONE32);
	assert_in_range(us[1], 95, 105);
	assert_in_range(us[2], 2850, 3150);
	assert_in_range(us[3], 3800, 4200);
	/* No sample came since the last sweep. */
	assert_in_range(us[4], 95, 105);
}

static void sweep_srtt(struct skw_table *t, __u64 now_ns, __u32 srtt_us)
{
	struct skw_conn_rec rec = make_traffic(7, now_ns, 0, 0);

	rec.srtt_us = srtt_us;
	sweep(t, now_ns, &rec, 1);
}

static void history_has_one_step_a_second_however_often_it_is_swept(void **state)
{
	struct skw_table *t = *state;
	uint32_t us[6];

	for (unsigned i = 10; i < 30; i++)
		sweep_srtt(t, i * S / 10, i < 20 ? 1000 : i < 29 ? 4000 : 8000);
	sweep_srtt(t, 5 * S, 2000);
	skw_history_read(find(t, 7), us, 6);
	assert_int_equal(us[0], SKW_NONE32);
	assert_in_range(us[1], 950, 1050);
	assert_in_range(us[2], 7600, 8400);
	for (unsigned i = 3; i < 6; i++)
		assert_in_range(us[i], 1900, 2100);

	/* After an hour without values, a value fills only its own slot. */
	sweep_srtt(t, 3605 * S, 16000);
	skw_history_read(find(t, 7), us, 2);
	assert_int_equal(us[0], SKW_NONE32);
	assert_in_range(us[1], 15200, 16800);
}

static void what_is_over_sends_nothing_any_more(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec recs[2] = { make_traffic(7, 1 * S, 0, 0),
					make_traffic(8, 1 * S, 0, 0) };

	sweep(t, 1 * S, recs, 2);
	recs[0] = make_traffic(7, 2 * S, 1000, 1000);
	recs[1] = make_traffic(8, 2 * S, 1000, 1000);
	sweep(t, 2 * S, recs, 2);
	assert_int_equal(find(t, 7)->tx_bps, 8000);
	assert_int_equal(find(t, 8)->rx_bps, 8000);

	recs[0] = make_kind(7, SKW_ROW_TIME_WAIT, SKW_STATE_TIME_WAIT, 3 * S);
	sweep(t, 3 * S, recs, 1);
	sweep(t, 4 * S, recs, 1);
	assert_int_equal(find(t, 7)->state, SKW_STATE_TIME_WAIT);
	assert_int_equal(find(t, 8)->state, SKW_STATE_CLOSED);
	for (unsigned cookie = 7; cookie <= 8; cookie++) {
		assert_int_equal(find(t, cookie)->tx_bps, SKW_NONE64);
		assert_int_equal(find(t, cookie)->rx_bps, SKW_NONE64);
		assert_int_equal(find(t, cookie)->bytes_acked, 1000);
	}
}

static void quantiles_are_of_the_ticks_samples(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 0, 0);

	rec.rtt_samples = 1000;
	memset(rec.rtt_hist, 0, sizeof(rec.rtt_hist));
	rec.rtt_hist[15] = 1000;
	sweep(t, 1 * S, &rec, 1);
	assert_true(isnan(skw_table_totals(t)->rtt_p50_us));

	rec.ts_ns = 2 * S;
	rec.rtt_samples += 100;
	rec.rtt_hist[5] = 100; /* 512..1023 us */
	sweep(t, 2 * S, &rec, 1);
	assert_true(fabs(skw_table_totals(t)->rtt_p50_us - 768) < 1);
	assert_true(fabs(skw_table_totals(t)->rtt_p99_us - 1019) < 2);
	assert_int_equal(skw_table_totals(t)->history, 1);

	rec.ts_ns = 3 * S;
	sweep(t, 3 * S, &rec, 1);
	assert_true(isnan(skw_table_totals(t)->rtt_p50_us));
	assert_true(isnan(skw_table_totals(t)->rtt_p50_history[1]));
}

static void retransmits_are_recent_for_ten_seconds(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 0, 0);

	rec.retrans_segs = 5;
	rec.segs_out = 100;
	rec.rto_count = 0;
	sweep(t, 1 * S, &rec, 1);
	assert_int_equal(find(t, 7)->recent, 0);

	rec.ts_ns = 2 * S;
	rec.retrans_segs = 7;
	rec.segs_out = 120;
	rec.rto_count = 1;
	rec.last_rto_ns = 1500 * MS;
	sweep(t, 2 * S, &rec, 1);
	assert_int_equal(find(t, 7)->recent, SKW_RECENT_RTO | SKW_RECENT_RETRANS);
	assert_true(skw_table_totals(t)->retrans_per_s == 2);
	assert_true(skw_table_totals(t)->rto_per_s == 1);
	assert_true(skw_table_totals(t)->retrans_ratio == 0.1);

	rec.ts_ns = 11600 * MS;
	sweep(t, 11600 * MS, &rec, 1);
	assert_int_equal(find(t, 7)->recent, SKW_RECENT_RETRANS);
	rec.ts_ns = 12 * S;
	sweep(t, 12 * S, &rec, 1);
	assert_int_equal(find(t, 7)->recent, 0);
}

static void a_bad_record_is_counted_and_changes_nothing(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 0, 0);

	skw_table_sweep_begin(t, 1 * S);
	assert_int_equal(take_row(t, &rec, sizeof(rec) - 1), -EBADMSG);
	rec.family = 1;
	assert_int_equal(take_row(t, &rec, sizeof(rec)), -EBADMSG);
	skw_table_sweep_end(t, 1 * S, true);
	assert_int_equal(skw_table_totals(t)->bad_records, 2);
	assert_int_equal(skw_table_len(t), 0);
}

static void a_place_is_a_rows_own_while_it_is_there(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec recs[3] = { make_kind(1, SKW_ROW_UDP, SKW_STATE_CLOSED, 1 * S),
					make_kind(2, SKW_ROW_UDP, SKW_STATE_CLOSED, 1 * S),
					make_kind(3, SKW_ROW_UDP, SKW_STATE_CLOSED, 1 * S) };
	uint32_t places[2];

	sweep(t, 1 * S, recs, 2);
	places[0] = skw_table_place(find(t, 1));
	places[1] = skw_table_place(find(t, 2));
	assert_true(places[0] != places[1]);
	assert_true(places[0] < 2 && places[1] < 2);

	/* The first one goes, and the third one has its place then. */
	sweep(t, 2 * S, &recs[1], 1);
	sweep(t, 3 * S, &recs[1], 1);
	sweep(t, 4 * S, &recs[1], 2);
	assert_int_equal(skw_table_len(t), 2);
	assert_int_equal(skw_table_place(find(t, 2)), places[1]);
	assert_int_equal(skw_table_place(find(t, 3)), places[0]);
}

static size_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void a_hundred_thousand_rows_fit_their_budget(void **state)
{
	struct skw_table *t = *state;
	size_t before = in_use();

	for (unsigned tick = 1; tick <= 2; tick++) {
		skw_table_sweep_begin(t, tick * S);
		for (unsigned i = 1; i <= ROWS; i++) {
			struct skw_conn_rec rec = make_traffic(i, tick * S, i, i);

			rec.cgroup_id = i % 100;
			assert_int_equal(take_row(t, &rec, sizeof(rec)), 0);
		}
		skw_table_sweep_end(t, tick * S, true);
	}
	assert_int_equal(skw_table_len(t), ROWS);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(skw_table_name_cgroup(t, i, "/system.slice/a.service"), 0);
	print_message("%zu bytes a row\n", (in_use() - before) / ROWS);
	/* With a sanitizer's allocator the memory in use can't be measured. */
	if (in_use())
		assert_in_range((in_use() - before) / ROWS, sizeof(struct skw_row), ROW_BYTES);

	size_t met = 0, at = 0;

	for (const struct skw_row *row; (row = skw_table_next(t, &at)); met++)
		assert_non_null(row->cgroup);
	assert_int_equal(met, ROWS);
	for (unsigned tick = 3; tick <= 14; tick++)
		sweep(t, tick * S, NULL, 0);
	assert_int_equal(skw_table_len(t), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_row_has_what_its_record_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rates_need_two_sweeps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_rate_that_no_number_holds_is_unknown, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			a_connection_opened_between_sweeps_moved_nothing_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_row_vanishes_after_two_complete_sweeps, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(met_again_it_has_not_been_missed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_time_wait_is_its_connections_last_state, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_strangers_time_wait_is_a_row_while_it_lasts,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(requests_without_a_cookie_go_by_their_addresses,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_listener_tells_who_was_accepted, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(history_has_a_sample_or_the_smoothed_rtt, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			history_has_one_step_a_second_however_often_it_is_swept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_over_sends_nothing_any_more, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(quantiles_are_of_the_ticks_samples, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(retransmits_are_recent_for_ten_seconds, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_bad_record_is_counted_and_changes_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_place_is_a_rows_own_while_it_is_there, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_hundred_thousand_rows_fit_their_budget, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
