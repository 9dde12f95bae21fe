// SPDX-License-Identifier: BSD-2-Clause
/* The parts of rows that the table keeps beside them, and only where there is data. */
#include "table/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn_table.h"
#include "row/history.h"
#include "row/row.h"

/* With RTT samples, all in one bucket. */
static struct skw_conn_rec make_sampled(__u64 cookie, __u64 ts_ns, unsigned bucket, __u32 samples)
{
	struct skw_conn_rec rec = make_traffic(cookie, ts_ns, 1000, 1000);

	memset(rec.rtt_hist, 0, sizeof(rec.rtt_hist));
	rec.rtt_hist[bucket] = rec.rtt_samples = samples;
	rec.srtt_us = rec.last_rtt_us = 1000;
	return rec;
}

static void an_idle_row_has_none(void **state)
{
	struct skw_table *t = *state;

	for (unsigned at = 1; at < 70; at++) {
		struct skw_conn_rec rec = make_sampled(7, at * S, 0, 0);

		sweep(t, at * S, &rec, 1);
		assert_null(find(t, 7)->rtt_hist);
		assert_null(find(t, 7)->history);
		assert_int_equal(skw_row_hist(find(t, 7))[0], 0);
	}
}

static void a_row_that_goes_leaves_its_extras_to_others(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec recs[] = { make_sampled(7, 1 * S, 3, 30),
				       make_sampled(8, 1 * S, 4, 40) };

	sweep(t, 1 * S, recs, 2);
	recs[0].srtt_us = recs[1].srtt_us = 9000;
	recs[0].ts_ns = recs[1].ts_ns = 2 * S;
	sweep(t, 2 * S, recs, 2);

	const void *hist = find(t, 7)->rtt_hist, *history = find(t, 7)->history;

	assert_non_null(history);
	/* The first one goes, and is forgotten. */
	for (unsigned at = 3; at < 20; at++) {
		recs[1].ts_ns = at * S;
		sweep(t, at * S, &recs[1], 1);
	}
	assert_null(skw_table_find(t, 7));
	recs[0] = make_sampled(9, 20 * S, 5, 50);
	sweep(t, 20 * S, recs, 1);
	assert_true(find(t, 9)->rtt_hist == hist || find(t, 9)->rtt_hist == history);
	assert_int_equal(skw_row_hist(find(t, 9))[3], 0);
	assert_int_equal(skw_row_hist(find(t, 9))[5], 50);
	assert_int_equal(skw_row_hist(find(t, 8))[4], 40);
}

static void a_copy_of_the_table_keeps_them(void **state)
{
	struct skw_table *t = *state, *copy = NULL;
	struct skw_conn_rec rec = make_sampled(7, 1 * S, 3, 30);
	uint32_t before[SKW_ROW_HISTORY], after[SKW_ROW_HISTORY];

	sweep(t, 1 * S, &rec, 1);
	rec.ts_ns = 2 * S;
	rec.srtt_us = 9000;
	sweep(t, 2 * S, &rec, 1);
	skw_history_read(find(t, 7), before, SKW_ROW_HISTORY);
	assert_int_equal(skw_table_copy(t, &copy), 0);
	rec = make_sampled(7, 3 * S, 9, 90);
	sweep(t, 3 * S, &rec, 1);
	assert_int_equal(skw_row_hist(find(copy, 7))[3], 30);
	assert_int_equal(skw_row_hist(find(copy, 7))[9], 0);
	skw_history_read(find(copy, 7), after, SKW_ROW_HISTORY);
	assert_memory_equal(before, after, sizeof(before));
	skw_table_free(copy);
}

/* The event has a row of its own, as the socket's row is that of another connection. */
static void a_late_close_has_its_own(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_sampled(7, 3 * S, 3, 30);
	struct skw_close_rec close = { .head = { .ts_ns = 1 * S,
						 .cookie = 7,
						 .type = SKW_EVENT_CLOSE,
						 .old_state = SKW_STATE_ESTABLISHED,
						 .new_state = 7,
						 .netns = 4026531840U },
				       .row = make_sampled(7, 1 * S, 9, 90) };
	struct skw_event event;

	sweep(t, 3 * S, &rec, 1);
	for (unsigned i = 0; i < 3; i++) {
		event = end(t, &close);
		assert_ptr_not_equal(event.row, find(t, 7));
		assert_int_equal(skw_row_hist(event.row)[9], 90);
	}
	assert_int_equal(skw_row_hist(find(t, 7))[3], 30);
}

static void a_socket_that_is_used_again_has_none_of_before(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_sampled(7, 1 * S, 3, 30);
	struct skw_close_rec close = { .head = { .ts_ns = 2 * S,
						 .cookie = 7,
						 .type = SKW_EVENT_CLOSE,
						 .old_state = SKW_STATE_ESTABLISHED,
						 .new_state = 7,
						 .netns = 4026531840U },
				       .row = make_sampled(7, 2 * S, 3, 31) };
	struct skw_event_rec connect = make_event(SKW_EVENT_CONNECT, 7, 3 * S);

	rec.family = close.row.family = AF_INET6;
	rec.scope_id = close.row.scope_id = 2;
	sweep(t, 1 * S, &rec, 1);
	end(t, &close);
	assert_int_equal(skw_row_hist(find(t, 7))[3], 31);
	connect.scope_id = 2;
	feed(t, &connect);
	assert_null(skw_row_hist(find(t, 7)));
	assert_string_equal(skw_row_scope(find(t, 7)), "2");
}

/* The source of an event keeps the other end, which it tells, for the time of the call only. */
static void a_row_does_not_keep_the_callers_remote(void **state)
{
	struct skw_table *t = *state;
	struct skw_creator_rec rec = { .head = { .ts_ns = 1 * S,
						 .cookie = 7,
						 .type = SKW_EVENT_CREATOR,
						 .netns = 4026531840U },
				       .cgroup_id = 77,
				       .tgid = 4121,
				       .comm = "curl" };
	struct skw_event_rec connect = make_event(SKW_EVENT_CONNECT, 7, 2 * S);
	const struct skw_remote remote = { .cookie = 9, .host = 1 };
	struct skw_event_told told;
	struct skw_event event;

	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	told.socket.row.remote = &remote;
	assert_int_equal(skw_table_event(t, &told, &event), 0);
	feed(t, &connect);
	assert_ptr_not_equal(find(t, 7)->remote, &remote);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_idle_row_has_none),
		TEST(a_row_that_goes_leaves_its_extras_to_others),
		TEST(a_copy_of_the_table_keeps_them),
		TEST(a_late_close_has_its_own),
		TEST(a_socket_that_is_used_again_has_none_of_before),
		TEST(a_row_does_not_keep_the_callers_remote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
