// SPDX-License-Identifier: BSD-2-Clause
/* Events in the connection table, and how they are combined with sweeps. */
#include "table/table.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_table.h"
#include "row/row.h"

static void create(struct skw_table *t, __u64 cookie, __u32 tgid, const char *comm)
{
	struct skw_creator_rec rec = { .head = { .ts_ns = 900 * MS,
						 .cookie = cookie,
						 .type = SKW_EVENT_CREATOR,
						 .netns = 4026531840U },
				       .cgroup_id = 77,
				       .tgid = tgid,
				       .uid = 1000 };
	struct skw_event event;

	memcpy(rec.comm, comm, strlen(comm));
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 0);
}

static void a_connection_is_told_by_events_alone(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec rec = make_event(SKW_EVENT_CONNECT, 7, 1 * S);

	create(t, 7, 4121, "curl");
	assert_int_equal(skw_table_len(t), 0);
	assert_null(skw_table_find(t, 7));

	struct skw_event event = feed(t, &rec);

	assert_int_equal(event.row->state, SKW_STATE_SYN_SENT);
	assert_int_equal(event.row->direction, SKW_CONN_OUT);
	assert_int_equal(event.row->opened_ns, 900 * MS);
	assert_int_equal(event.row->owners->list[0].pid, 4121);
	assert_string_equal(event.row->owners->list[0].comm, "curl");
	assert_int_equal(event.row->owner_source, SKW_OWNER_CREATOR);
	assert_int_equal(event.row->uid, 1000);
	assert_int_equal(event.row->cgroup_id, 77);
	assert_int_equal(event.row->tuple.remote_port, 443);
	assert_int_equal(event.row->bytes_acked, SKW_NONE64);

	rec = make_event(SKW_EVENT_ESTABLISHED, 7, 2 * S);
	rec.handshake_us = 310;
	event = feed(t, &rec);
	assert_int_equal(event.handshake_us, 310);
	assert_int_equal(event.row->state, SKW_STATE_ESTABLISHED);
	assert_int_equal(event.row->opened_ns, 900 * MS);

	struct skw_close_rec close = make_close(7, 3 * S, SKW_STATE_LAST_ACK, 0);

	close.row.bytes_acked = 100;
	close.row.opened_ns = SKW_NONE64;
	event = end(t, &close);
	assert_int_equal(event.old_state, SKW_STATE_LAST_ACK);
	assert_int_equal(event.row->state, SKW_STATE_CLOSED);
	assert_int_equal(event.row->close_reason, SKW_CLOSE_FIN);
	assert_int_equal(event.row->closed_ns, 3 * S);
	assert_int_equal(event.row->opened_ns, 900 * MS);
	assert_int_equal(event.row->bytes_acked, 100);
	assert_int_equal(event.row->owners->list[0].pid, 4121);
	assert_int_equal(skw_table_len(t), 1);
}

static void without_a_sweep_that_meets_it_a_row_goes(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec rec = make_event(SKW_EVENT_CONNECT, 7, 1 * S);

	create(t, 8, 1, "nc");
	feed(t, &rec);
	sweep(t, 2 * S, NULL, 0);
	find(t, 7);
	sweep(t, 3 * S, NULL, 0);
	assert_int_equal(skw_table_len(t), 0);

	/* The socket of the creator is removed as well. */
	rec = make_event(SKW_EVENT_CONNECT, 8, 4 * S);
	assert_null(feed(t, &rec).row->owners);
}

static void an_event_without_a_state_makes_no_row(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec rec = make_event(SKW_EVENT_RTO, 7, 1 * S);
	size_t at = 0;

	rec.rto_us = 201000;
	rec.retransmits = 2;

	struct skw_event event = feed(t, &rec);

	assert_int_equal(event.rto_us, 201000);
	assert_int_equal(event.backoff, 2);
	assert_int_equal(event.row->tuple.local_port, 20007);
	assert_int_equal(skw_table_len(t), 0);
	assert_null(skw_table_next(t, &at));

	struct skw_conn_rec row = make_traffic(7, 2 * S, 0, 0);

	sweep(t, 2 * S, &row, 1);
	assert_int_equal(skw_table_len(t), 1);
	assert_int_equal(find(t, 7)->recent, SKW_RECENT_RTO);
	assert_int_equal(find(t, 7)->state, SKW_STATE_ESTABLISHED);
}

static void a_close_is_not_undone_by_a_sweep_that_read_the_socket_before(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec row = make_traffic(7, 1 * S, 100, 0);
	struct skw_close_rec close = make_close(7, 1500 * MS, SKW_STATE_ESTABLISHED, 0);

	sweep(t, 1 * S, &row, 1);
	close.row.bytes_acked = 300;
	assert_int_equal(end(t, &close).row->close_reason, SKW_CLOSE_RESET_BY_US);
	row.ts_ns = 1400 * MS;
	row.bytes_acked = 200;
	sweep(t, 2 * S, &row, 1);
	assert_int_equal(find(t, 7)->state, SKW_STATE_CLOSED);
	assert_int_equal(find(t, 7)->bytes_acked, 300);
	/* All bytes count for this tick, even though no sweep has seen the connection. */
	assert_true(skw_table_totals(t)->tx_bps == 200 * 8);
}

static void a_socket_that_is_used_again_is_a_new_connection(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec row = make_traffic(7, 1 * S, 5000, 0);
	struct skw_close_rec close = make_close(7, 1500 * MS, SKW_STATE_SYN_SENT, ECONNREFUSED);
	struct skw_event_rec connect = make_event(SKW_EVENT_CONNECT, 7, 1600 * MS);

	sweep(t, 1 * S, &row, 1);
	assert_int_equal(end(t, &close).row->close_reason, SKW_CLOSE_REFUSED);
	feed(t, &connect);
	assert_int_equal(find(t, 7)->state, SKW_STATE_SYN_SENT);
	assert_int_equal(find(t, 7)->closed_ns, SKW_NONE64);
	assert_int_equal(find(t, 7)->close_reason, SKW_CLOSE_UNKNOWN);
	assert_int_equal(find(t, 7)->bytes_acked, SKW_NONE64);
	assert_int_equal(find(t, 7)->opened_ns, 1600 * MS);

	/* The sweep came first. The event about the end of the older connection came after it. */
	row = make_traffic(7, 3 * S, 10, 0);
	sweep(t, 3 * S, &row, 1);
	close = make_close(7, 2 * S, SKW_STATE_ESTABLISHED, ECONNRESET);

	struct skw_event event = end(t, &close);

	assert_int_equal(event.row->close_reason, SKW_CLOSE_RESET_BY_PEER);
	assert_int_equal(event.row->closed_ns, 2 * S);
	assert_int_equal(find(t, 7)->state, SKW_STATE_ESTABLISHED);
	assert_int_equal(find(t, 7)->bytes_acked, 10);
}

static void each_refused_connect_has_its_own_end(void **state)
{
	struct skw_table *t = *state;

	create(t, 7, 4121, "curl");
	for (unsigned i = 1; i <= 3; i++) {
		struct skw_close_rec close = make_close(7, i * S, SKW_STATE_SYN_SENT, ECONNREFUSED);
		struct skw_event event = end(t, &close);

		assert_int_equal(event.row->closed_ns, i * S);
		assert_int_equal(event.row->close_reason, SKW_CLOSE_REFUSED);
		assert_int_equal(event.row->direction, SKW_CONN_OUT);
		assert_string_equal(event.row->owners->list[0].comm, "curl");
	}
	assert_int_equal(skw_table_len(t), 1);
}

static void a_time_wait_ends_a_closed_row_later(void **state)
{
	struct skw_table *t = *state;
	struct skw_close_rec close = make_close(7, 1500 * MS, SKW_STATE_FIN_WAIT2, 0);
	struct skw_conn_rec wait = make_record(7, SKW_STATE_TIME_WAIT);

	wait.kind = SKW_ROW_TIME_WAIT;
	close.row.bytes_acked = 300;
	end(t, &close);
	for (unsigned i = 2; i < 60; i += 10) {
		wait.ts_ns = i * S;
		wait.timer_left_us = 60000000 - i * 1000000;
		sweep(t, i * S, &wait, 1);
		assert_int_equal(find(t, 7)->state, SKW_STATE_TIME_WAIT);
		assert_int_equal(find(t, 7)->timer_left_us, wait.timer_left_us);
		assert_int_equal(find(t, 7)->closed_ns, 1500 * MS);
		assert_int_equal(find(t, 7)->close_reason, SKW_CLOSE_FIN);
		assert_int_equal(find(t, 7)->bytes_acked, 300);
	}
	sweep(t, 62 * S, NULL, 0);
	sweep(t, 63 * S, NULL, 0);
	assert_int_equal(find(t, 7)->state, SKW_STATE_CLOSED);
	assert_int_equal(find(t, 7)->closed_ns, 1500 * MS);
	sweep(t, 72 * S, NULL, 0);
	find(t, 7);
	sweep(t, 73 * S, NULL, 0);
	assert_null(skw_table_find(t, 7));
}

static void a_close_that_is_told_after_its_time_wait_keeps_it(void **state)
{
	struct skw_table *t = *state;
	struct skw_close_rec close = make_close(7, 1500 * MS, SKW_STATE_FIN_WAIT2, 0);
	struct skw_conn_rec wait = make_record(7, SKW_STATE_FIN_WAIT2);

	wait.kind = SKW_ROW_TIME_WAIT;
	wait.ts_ns = 2 * S;
	wait.timer_left_us = 59000000;
	sweep(t, 2 * S, &wait, 1);
	close.row.bytes_acked = 300;
	end(t, &close);
	assert_int_equal(find(t, 7)->state, SKW_STATE_FIN_WAIT2);
	assert_int_equal(find(t, 7)->timer_left_us, 59000000);
	assert_int_equal(find(t, 7)->closed_ns, 1500 * MS);
	assert_int_equal(find(t, 7)->bytes_acked, 300);
}

static void the_newer_word_on_a_state_counts(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec row = make_traffic(7, 2 * S, 0, 0);
	struct skw_event_rec rec = make_event(SKW_EVENT_STATE, 7, 1 * S);

	/* The sweep read the state after it had changed. */
	row.state = SKW_STATE_CLOSE_WAIT;
	sweep(t, 2 * S, &row, 1);
	rec.head.old_state = SKW_STATE_SYN_RECV;
	rec.head.new_state = SKW_STATE_ESTABLISHED;
	assert_int_equal(feed(t, &rec).new_state, SKW_STATE_ESTABLISHED);
	assert_int_equal(find(t, 7)->state, SKW_STATE_CLOSE_WAIT);

	/* The sweep read the state before it changed. */
	rec.head.ts_ns = 3 * S;
	rec.head.old_state = SKW_STATE_CLOSE_WAIT;
	rec.head.new_state = SKW_STATE_LAST_ACK;
	feed(t, &rec);
	row.ts_ns = 2900 * MS;
	sweep(t, 3 * S, &row, 1);
	assert_int_equal(find(t, 7)->state, SKW_STATE_LAST_ACK);
	assert_int_equal(find(t, 7)->changed, 1);
}

static void nothing_is_kept_where_nothing_is_to_be_kept(void **state)
{
	const struct skw_table_options opt = { .closed_ns = 0 };
	struct skw_table *t;

	(void)state;
	assert_int_equal(skw_table_new(&opt, &t), 0);
	for (unsigned i = 1; i <= 100; i++) {
		struct skw_close_rec close = make_close(i, i * MS, SKW_STATE_LAST_ACK, 0);

		assert_int_equal(end(t, &close).row->cookie, i);
		assert_int_equal(skw_table_len(t), 1);
	}
	sweep(t, 1 * S, NULL, 0);
	assert_int_equal(skw_table_len(t), 0);
	skw_table_free(t);
}

static void closed_rows_go_without_sweeps_too(void **state)
{
	struct skw_table *t = *state;

	for (unsigned i = 1; i <= 50000; i++) {
		struct skw_close_rec close = make_close(i, i * MS, SKW_STATE_LAST_ACK, 0);

		end(t, &close);
	}
	/* Ten seconds of connections are 10,000. */
	assert_in_range(skw_table_len(t), 10000, 30000);
}

static void the_followed_row_stays_after_its_close(void **state)
{
	struct skw_table *t = *state;
	struct skw_close_rec close = make_close(7, 1 * S, SKW_STATE_LAST_ACK, 0);

	end(t, &close);
	skw_table_follow(t, 7);
	sweep(t, 100 * S, NULL, 0);
	assert_int_equal(find(t, 7)->state, SKW_STATE_CLOSED);
	skw_table_follow(t, 0);
	sweep(t, 101 * S, NULL, 0);
	assert_null(skw_table_find(t, 7));
}

/* Until a sweep has counted them as well. */
static void timeouts_and_retransmissions_count_at_once(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec row = make_traffic(7, 2 * S, 0, 0);
	struct skw_event_rec rec;

	row.retrans_segs = 3;
	row.rto_count = 1;
	sweep(t, 2 * S, &row, 1);
	rec = make_event(SKW_EVENT_RETRANS, 7, 3 * S);
	rec.segs = 2;
	feed(t, &rec);
	rec = make_event(SKW_EVENT_RTO, 7, 3 * S);
	feed(t, &rec);
	assert_int_equal(find(t, 7)->retrans_segs, 5);
	assert_int_equal(find(t, 7)->rto_count, 2);
	/* The sweep knew these, which are told late. */
	row.ts_ns = 4 * S;
	row.retrans_segs = 6;
	sweep(t, 4 * S, &row, 1);
	rec = make_event(SKW_EVENT_RETRANS, 7, 4 * S - 1);
	rec.segs = 1;
	feed(t, &rec);
	assert_int_equal(find(t, 7)->retrans_segs, 6);
	/* 2 by the event, and 1 by the sweep, in two seconds. */
	assert_true(skw_table_totals(t)->retrans_per_s > 1.49 &&
		    skw_table_totals(t)->retrans_per_s < 1.51);
}

static void a_timeline_is_what_happened_in_order(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec rec = make_event(SKW_EVENT_CONNECT, 7, 1 * S);
	struct skw_happening what[2000];

	feed(t, &rec);
	rec = make_event(SKW_EVENT_RETRANS, 7, 2 * S);
	rec.seq = 88;
	rec.segs = 2;
	rec.error = 11;
	feed(t, &rec);
	rec = make_event(SKW_EVENT_RTT, 7, 3 * S);
	feed(t, &rec);
	rec = make_event(SKW_EVENT_RTO, 8, 3 * S);
	feed(t, &rec);

	struct skw_close_rec close = make_close(7, 4 * S, SKW_STATE_ESTABLISHED, ETIMEDOUT);

	end(t, &close);
	assert_int_equal(skw_table_timeline(t, 7, what, 2000), 3);
	assert_int_equal(what[0].type, SKW_EVENT_CONNECT);
	assert_int_equal(what[1].args[0], 88);
	assert_int_equal(what[1].args[1], 2);
	assert_int_equal(what[1].error, 11);
	assert_int_equal(what[2].close_reason, SKW_CLOSE_TIMEOUT);
	assert_int_equal(skw_table_timeline(t, 7, what, 2), 2);
	assert_int_equal(what[0].type, SKW_EVENT_RETRANS);

	/* Events of other connections fill the log; the events of the followed connection stay. */
	skw_table_follow(t, 7);
	rec = make_event(SKW_EVENT_RTO, 8, 5 * S);
	for (unsigned i = 0; i < 20000; i++)
		feed(t, &rec);
	assert_int_equal(skw_table_timeline(t, 7, what, 2000), 3);
	skw_table_follow(t, 0);
	assert_int_equal(skw_table_timeline(t, 7, what, 2000), 0);

	/* Of the followed connection only the newest events are kept too. */
	skw_table_follow(t, 8);
	for (unsigned i = 0; i < 3000; i++) {
		rec.head.ts_ns++;
		feed(t, &rec);
	}
	size_t len = skw_table_timeline(t, 8, what, 2000);

	assert_in_range(len, 1000, 2000);
	assert_int_equal(what[len - 1].ts_ns, 5 * S + 3000);
	assert_int_equal(what[0].ts_ns, 5 * S + 3001 - len);
}

/* A recording has no records of the kernel: it makes models. */
static void models_are_enough_to_feed_it(void **state)
{
	const struct skw_owner owner = { .pid = 913, .comm = "nginx" };
	struct skw_event_told told = { .event = { .ts_ns = 2 * S, .type = SKW_EVENT_RTO } };
	struct skw_row_sample sample = { .kind = SKW_ROW_TCP, .congestion = "bbr" };
	struct skw_table *t = *state;
	struct skw_event event;

	skw_row_blank(&sample.row);
	sample.row.cookie = 7;
	sample.row.inode = 70;
	sample.row.state = SKW_STATE_ESTABLISHED;
	sample.row.tuple.remote_port = 443;
	sample.row.ts_ns = 1 * S;
	sample.row.srtt_us = 500;
	skw_table_sweep_begin(t, 1 * S);
	assert_int_equal(skw_table_sweep_row(t, &sample), 0);
	skw_table_sweep_end(t, 1 * S, true);
	skw_table_holders_begin(t);
	assert_int_equal(skw_table_holder(t, 70, &owner), 0);
	assert_int_equal(skw_table_holders_end(t), 0);

	told.socket = sample;
	told.event.rto_us = 200000;
	assert_int_equal(skw_table_event(t, &told, &event), 1);
	assert_int_equal(event.rto_us, 200000);
	assert_int_equal(event.row->tuple.remote_port, 443);
	assert_int_equal(event.row->srtt_us, 500);
	assert_string_equal(event.row->congestion, "bbr");
	assert_string_equal(event.row->owners->list[0].comm, "nginx");

	told.event = (struct skw_event){ .ts_ns = 3 * S,
					 .type = SKW_EVENT_CLOSE,
					 .old_state = SKW_STATE_ESTABLISHED,
					 .new_state = SKW_STATE_CLOSED };
	told.socket.row.ts_ns = 3 * S;
	told.socket.row.close_reason = SKW_CLOSE_TIMEOUT;
	assert_int_equal(skw_table_event(t, &told, &event), 1);
	assert_ptr_equal(event.row, find(t, 7));
	assert_int_equal(event.row->state, SKW_STATE_CLOSED);
	assert_int_equal(event.row->close_reason, SKW_CLOSE_TIMEOUT);
	assert_int_equal(event.row->closed_ns, 3 * S);
}

static void bad_events_are_counted(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec rec = make_event(SKW_EVENT_TYPES, 7, 1 * S);
	struct skw_close_rec close = make_close(7, 1 * S, SKW_STATE_LAST_ACK, 0);
	struct skw_event event;

	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), -EBADMSG);
	assert_int_equal(take_event(t, &rec, 3, &event), -EBADMSG);
	close.row.family = 99;
	assert_int_equal(take_event(t, &close, sizeof(close), &event), -EBADMSG);
	assert_int_equal(skw_table_totals(t)->bad_records, 3);
	assert_int_equal(skw_table_len(t), 0);
}

/* The load is 100,000 connections a second for four seconds. */
static void closed_rows_never_grow_beyond_bounds(void **state)
{
	struct skw_table *t = *state;
	struct skw_event event;
	size_t most = 0;

	for (unsigned i = 1; i <= 400000; i++) {
		struct skw_close_rec close = make_close(i, S + i * 10000ULL, SKW_STATE_LAST_ACK, 0);

		assert_int_equal(take_event(t, &close, sizeof(close), &event), 1);
		if (skw_table_len(t) > most)
			most = skw_table_len(t);
	}
	assert_in_range(most, 20000, 131072);
	/* The rows that are left are the newest. */
	assert_non_null(skw_table_find(t, 400000));
	assert_null(skw_table_find(t, 200000));
	/* When the load ends, closed rows are kept for the whole time again. */
	for (unsigned tick = 12; tick <= 60; tick++)
		sweep(t, tick * S, NULL, 0);
	assert_int_equal(skw_table_len(t), 0);
	struct skw_close_rec last = make_close(400001, 61 * S, SKW_STATE_LAST_ACK, 0);

	end(t, &last);
	sweep(t, 70 * S, NULL, 0);
	assert_non_null(skw_table_find(t, 400001));
	sweep(t, 71 * S, NULL, 0);
	assert_null(skw_table_find(t, 400001));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_connection_is_told_by_events_alone),
		TEST(without_a_sweep_that_meets_it_a_row_goes),
		TEST(an_event_without_a_state_makes_no_row),
		TEST(a_close_is_not_undone_by_a_sweep_that_read_the_socket_before),
		TEST(a_socket_that_is_used_again_is_a_new_connection),
		TEST(each_refused_connect_has_its_own_end),
		TEST(a_time_wait_ends_a_closed_row_later),
		TEST(a_close_that_is_told_after_its_time_wait_keeps_it),
		TEST(the_newer_word_on_a_state_counts),
		TEST(nothing_is_kept_where_nothing_is_to_be_kept),
		TEST(closed_rows_go_without_sweeps_too),
		TEST(closed_rows_never_grow_beyond_bounds),
		TEST(the_followed_row_stays_after_its_close),
		TEST(timeouts_and_retransmissions_count_at_once),
		TEST(a_timeline_is_what_happened_in_order),
		TEST(models_are_enough_to_feed_it),
		TEST(bad_events_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
