// SPDX-License-Identifier: BSD-2-Clause
/* The records of connections at rest, which come in place of their rows. */
#include "conn_table.h"

#include <errno.h>

/* An idle connection with a figure of each kind. */
static struct skw_conn_rec idle(__u64 cookie, __u64 ts_ns)
{
	struct skw_conn_rec rec = make_traffic(cookie, ts_ns, 5000, 700);

	rec.cgroup_id = 8;
	rec.inode = 77;
	rec.uid = 1000;
	rec.pacing_rate = 125000;
	rec.srtt_us = 900;
	rec.rtt_samples = 0;
	rec.rto_count = rec.retrans_segs = 0;
	memset(rec.rtt_hist, 0, sizeof(rec.rtt_hist));
	rec.rto_us = 204000;
	rec.cwnd = 10;
	rec.mss = 1448;
	rec.segs_out = 40;
	rec.segs_in = 41;
	rec.notsent = rec.recv_q = rec.send_q = 0;
	rec.unacked = 0;
	rec.timer = SKW_TIMER_NONE;
	memcpy(rec.congestion, "cubic", 5);
	return rec;
}

static struct skw_steady_rec steady_of(const struct skw_conn_rec *row)
{
	struct skw_steady_rec rec = { .ts_ns = row->ts_ns,
				      .cookie = row->cookie,
				      .cgroup_id = row->cgroup_id,
				      .pacing_rate = row->pacing_rate,
				      .timer_left_us = row->timer_left_us,
				      .inode = row->inode,
				      .uid = row->uid,
				      .rto_us = row->rto_us,
				      .cwnd = row->cwnd,
				      .ssthresh = row->ssthresh,
				      .mss = row->mss,
				      .segs_out = row->segs_out,
				      .segs_in = row->segs_in,
				      .notsent = row->notsent,
				      .recv_q = row->recv_q,
				      .send_q = row->send_q,
				      .flags = row->flags & SKW_ROW_ENROLLED,
				      .timer = row->timer,
				      .family = row->family };

	memcpy(rec.congestion, row->congestion, sizeof(rec.congestion));
	return rec;
}

static int take_steady(struct skw_table *t, const struct skw_conn_rec *row)
{
	const struct skw_steady_rec rec = steady_of(row);
	struct skw_row_steady now;

	assert_int_equal(skw_record_steady(&rec, sizeof(rec), &now), 0);
	return skw_table_sweep_steady(t, &now);
}

/* Sweeps this one connection, and returns what the table says to its record. */
static int sweep_steady(struct skw_table *t, const struct skw_conn_rec *row)
{
	skw_table_sweep_begin(t, row->ts_ns);
	int ret = take_steady(t, row);

	skw_table_sweep_end(t, row->ts_ns, true);
	return ret;
}

/* Strings are each table's own. */
static struct skw_row row_of(const struct skw_table *t, uint64_t cookie)
{
	struct skw_row row = *skw_table_find(t, cookie);

	assert_string_equal(row.congestion, row.ts_ns < 5 * S ? "cubic" : "reno");
	row.netns_name = row.cgroup = row.congestion = NULL;
	row.owners = NULL;
	return row;
}

/* A process may change these of a connection at rest, and some go on by themselves. */
static void change(struct skw_conn_rec *row, unsigned tick)
{
	row->ts_ns = (tick + 1) * S;
	row->timer = tick % 2 ? SKW_TIMER_KEEPALIVE : SKW_TIMER_NONE;
	row->timer_left_us = tick % 2 ? 7000000 - tick : SKW_NONE64;
	row->recv_q = tick == 3 ? 100 : 0;
	row->send_q = row->notsent = tick == 4 ? 55 : 0;
	row->segs_out += tick == 3;
	row->segs_in += tick == 4;
	row->uid = tick < 5 ? 1000 : 1001;
	row->inode = tick < 5 ? 77 : 78;
	row->cgroup_id = tick < 5 ? 8 : 9;
	row->pacing_rate = tick < 5 ? 125000 : 99;
	row->cwnd += tick == 5;
	row->ssthresh = tick < 5 ? SKW_NONE32 : 20;
	row->rto_us += tick == 5;
	if (tick == 4)
		memcpy(row->congestion, "reno\0", 6);
}

static void a_row_becomes_what_its_whole_record_makes_it(void **state)
{
	const struct skw_table_options opt = { .closed_ns = 10 * S, .owners = true };
	struct skw_conn_rec row = idle(7, S);
	struct skw_table *t = *state, *whole = NULL;

	assert_int_equal(skw_table_new(&opt, &whole), 0);
	sweep(t, S, &row, 1);
	sweep(whole, S, &row, 1);
	for (unsigned tick = 1; tick < 80; tick++) {
		change(&row, tick);
		sweep(whole, row.ts_ns, &row, 1);
		assert_int_equal(sweep_steady(t, &row), 1);

		struct skw_row ours = row_of(t, 7), theirs = row_of(whole, 7);

		assert_memory_equal(&ours, &theirs, sizeof(ours));
		assert_memory_equal(skw_table_totals(t), skw_table_totals(whole),
				    sizeof(struct skw_totals));
	}
	assert_int_equal(skw_table_find(t, 7)->tx_bps, 0);
	skw_table_free(whole);
}

static void a_connection_that_was_not_met_needs_its_row(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec row = idle(7, S);

	assert_int_equal(sweep_steady(t, &row), 0);
	assert_int_equal(skw_table_len(t), 0);
	row.ts_ns = 2 * S;
	sweep(t, 2 * S, &row, 1);
	sweep(t, 3 * S, NULL, 0);
	row.ts_ns = 4 * S;
	assert_int_equal(sweep_steady(t, &row), 0);
}

static void what_differs_in_more_needs_its_row(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec row = idle(7, S), other = row;

	sweep(t, S, &row, 1);
	skw_table_sweep_begin(t, 2 * S);
	other.ts_ns = 2 * S;
	other.mss = 1400;
	assert_int_equal(take_steady(t, &other), 0);
	other.mss = row.mss;
	other.flags = 0;
	assert_int_equal(take_steady(t, &other), 0);
	other.flags = row.flags;
	/* IPV6_ADDRFORM made a socket of IPv4 of it. */
	other.family = AF_INET6;
	assert_int_equal(take_steady(t, &other), 0);
	other.family = row.family;
	assert_int_equal(take_steady(t, &other), 1);
	/* It is met twice. */
	other.recv_q = 5;
	assert_int_equal(take_steady(t, &other), 1);
	assert_int_equal(skw_table_find(t, 7)->recv_q, 0);
	skw_table_sweep_end(t, 2 * S, true);
}

/* The sweep has read its figure, and reads it no more while the connection is at rest. */
static void a_sample_from_before_the_sweep_changes_nothing(void **state)
{
	struct skw_event_rec rtt = make_event(SKW_EVENT_RTT, 7, S - 1);
	struct skw_conn_rec row = idle(7, S);
	struct skw_table *t = *state;

	row.rtt_samples = 2;
	row.last_rtt_us = 300;
	sweep(t, S, &row, 1);
	rtt.rtt_us = 900;
	feed(t, &rtt);
	row.ts_ns = 2 * S;
	assert_int_equal(sweep_steady(t, &row), 1);
	assert_int_equal(find(t, 7)->last_rtt_us, 300);
	rtt.head.ts_ns = 2 * S + 1;
	feed(t, &rtt);
	assert_int_equal(find(t, 7)->last_rtt_us, 900);
}

static void states_and_kinds_other_than_established_need_rows(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rows[] = { idle(7, S), idle(8, S), idle(9, S) };

	rows[0].state = SKW_STATE_CLOSE_WAIT;
	rows[1].kind = SKW_ROW_TIME_WAIT;
	rows[1].state = SKW_STATE_TIME_WAIT;
	/* There was no memory for its counts. */
	rows[2].rtt_samples = SKW_NONE32;
	sweep(t, S, rows, 3);
	skw_table_sweep_begin(t, 2 * S);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(take_steady(t, &rows[i]), 0);
	skw_table_sweep_end(t, 2 * S, true);
}

static void a_bad_record_is_refused(void **state)
{
	const struct skw_conn_rec row = idle(7, S);
	const struct skw_steady_rec good = steady_of(&row);
	struct skw_steady_rec rec = good;
	struct skw_row_steady now;

	(void)state;
	assert_int_equal(skw_record_steady(&rec, sizeof(rec) - 1, &now), -EBADMSG);
	rec.mark = 1;
	assert_int_equal(skw_record_steady(&rec, sizeof(rec), &now), -EBADMSG);
	rec = good;
	rec.timer = SKW_TIMER_PERSIST + 1;
	assert_int_equal(skw_record_steady(&rec, sizeof(rec), &now), -EBADMSG);
	rec = good;
	rec.family = AF_UNIX;
	assert_int_equal(skw_record_steady(&rec, sizeof(rec), &now), -EBADMSG);
	rec = good;
	rec.flags = 0x80;
	assert_int_equal(skw_record_steady(&rec, sizeof(rec), &now), -EBADMSG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_row_becomes_what_its_whole_record_makes_it),
		TEST(a_connection_that_was_not_met_needs_its_row),
		TEST(what_differs_in_more_needs_its_row),
		TEST(a_sample_from_before_the_sweep_changes_nothing),
		TEST(states_and_kinds_other_than_established_need_rows),
		TEST(a_bad_record_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
