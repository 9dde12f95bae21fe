// SPDX-License-Identifier: BSD-2-Clause
/* How connections end in the connection table, and connects that never become connections. */
#include "table/table.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_table.h"
#include "row/row.h"

static void process(struct skw_table *t, __u8 type, __u64 cookie, __u64 ts_ns, __u32 data_segs_in)
{
	struct skw_creator_rec rec = {
		.head = { .ts_ns = ts_ns, .cookie = cookie, .type = type, .netns = 4026531840U },
		.cgroup_id = 77,
		.tgid = 4121,
		.comm = "curl",
		.data_segs_in = data_segs_in
	};
	struct skw_event event;

	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 0);
}

static void a_connect_that_fails_leaves_no_row(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec rec = make_event(SKW_EVENT_FAILED, 7, 1 * S);
	struct skw_event event;

	rec.error = ENETUNREACH;
	rec.head.direction = SKW_CONN_OUT;
	process(t, SKW_EVENT_CREATOR, 7, 1 * S, SKW_NONE32);
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 1);
	assert_int_equal(event.type, SKW_EVENT_CONNECT);
	assert_int_equal(event.error, ENETUNREACH);
	assert_int_equal(event.row->tuple.remote_port, 443);
	assert_int_equal(event.row->direction, SKW_CONN_OUT);
	assert_string_equal(event.row->owners->list[0].comm, "curl");
	assert_int_equal(event.row->owner_source, SKW_OWNER_CREATOR);
	assert_int_equal(skw_table_len(t), 0);
	sweep(t, 2 * S, NULL, 0);
	assert_int_equal(skw_table_len(t), 0);

	/* The creator may be unknown. */
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 1);
	assert_null(event.row->owners);
}

static void a_connect_that_fails_leaves_the_socket_s_earlier_row(void **state)
{
	struct skw_table *t = *state;
	struct skw_close_rec close = make_close(7, 1 * S, SKW_STATE_SYN_SENT, ECONNREFUSED);
	struct skw_event_rec rec = make_event(SKW_EVENT_FAILED, 7, 2 * S);
	struct skw_event event;

	end(t, &close);
	rec.error = EADDRNOTAVAIL;
	rec.remote_port = 80;
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 1);
	assert_int_equal(event.row->tuple.remote_port, 80);
	assert_int_equal(find(t, 7)->tuple.remote_port, 443);
	assert_int_equal(find(t, 7)->close_reason, SKW_CLOSE_REFUSED);
}

static void a_listener_counts_its_syn_acks(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec listener = make_kind(7, SKW_ROW_TCP, SKW_STATE_LISTEN, 1 * S);
	struct skw_event_rec rec = make_event(SKW_EVENT_SYNACK, 7, 2 * S);
	struct skw_event event;

	listener.inode = 70;
	sweep(t, 1 * S, &listener, 1);
	skw_table_holders_begin(t);
	assert_int_equal(
		take_holder(t, &(struct skw_holder_rec){ .inode = 70, .tgid = 9, .comm = "nginx" }),
		0);
	assert_int_equal(skw_table_holders_end(t), 0);
	rec.head.direction = SKW_CONN_IN;
	rec.seq = 88;
	rec.segs = 1;
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 1);
	assert_int_equal(event.type, SKW_EVENT_RETRANS);
	assert_int_equal(event.seq, 88);
	assert_int_equal(event.row->cookie, SKW_NONE64);
	assert_int_equal(event.row->state, SKW_STATE_SYN_RECV);
	assert_int_equal(event.row->tuple.remote_port, 443);
	assert_string_equal(event.row->owners->list[0].comm, "nginx");
	assert_int_equal(event.row->owner_source, SKW_OWNER_LISTENER);
	assert_int_equal(find(t, 7)->retrans_events, 1);
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 1);
	listener.ts_ns = 3 * S;
	sweep(t, 3 * S, &listener, 1);
	assert_int_equal(find(t, 7)->retrans_events, 2);
	assert_int_equal(find(t, 7)->state, SKW_STATE_LISTEN);
}

static void a_listener_that_drops_is_marked_for_a_while(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec listener = make_kind(7, SKW_ROW_TCP, SKW_STATE_LISTEN, 1 * S);

	listener.drops = 5;
	sweep(t, 1 * S, &listener, 1);
	assert_int_equal(find(t, 7)->recent, 0);
	listener.ts_ns = 2 * S;
	listener.drops = 6;
	sweep(t, 2 * S, &listener, 1);
	assert_int_equal(find(t, 7)->recent, SKW_RECENT_DROPS);
	for (unsigned tick = 3; tick <= 12; tick++) {
		listener.ts_ns = tick * S;
		sweep(t, tick * S, &listener, 1);
	}
	assert_int_equal(find(t, 7)->recent, 0);
}

static void a_state_that_stays_is_no_event(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec rec = make_event(SKW_EVENT_STATE, 7, 1 * S);
	struct skw_event event;

	rec.head.old_state = rec.head.new_state = SKW_STATE_FIN_WAIT1;
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 0);
	/* Both are shown as SYN_RECV. */
	rec.head.old_state = 12;
	rec.head.new_state = SKW_STATE_SYN_RECV;
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 0);
	assert_int_equal(skw_table_len(t), 0);
}

/* The peer's FIN comes to the TIME_WAIT socket, which only a sweep sees. */
static void a_half_closed_connection_may_end_in_order_later(void **state)
{
	struct skw_table *t = *state;
	struct skw_close_rec close = make_close(7, 1 * S, SKW_STATE_FIN_WAIT2, 0);
	struct skw_conn_rec wait = make_kind(7, SKW_ROW_TIME_WAIT, SKW_STATE_FIN_WAIT2, 2 * S);

	close.row.ending = SKW_END_ACKED | SKW_END_REPLACED;
	assert_int_equal(end(t, &close).row->close_reason, SKW_CLOSE_HALF_CLOSED);
	sweep(t, 2 * S, &wait, 1);
	assert_int_equal(find(t, 7)->close_reason, SKW_CLOSE_HALF_CLOSED);
	wait.state = SKW_STATE_TIME_WAIT;
	wait.ts_ns = 3 * S;
	sweep(t, 3 * S, &wait, 1);
	assert_int_equal(find(t, 7)->close_reason, SKW_CLOSE_FIN);
}

/* The same, if the TIME_WAIT is met before its connection's close is told. */
static void a_time_wait_that_is_met_first_tells_the_same(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec wait = make_kind(7, SKW_ROW_TIME_WAIT, SKW_STATE_TIME_WAIT, 2 * S);
	struct skw_close_rec close = make_close(7, 1 * S, SKW_STATE_FIN_WAIT2, 0);

	wait.timer = SKW_TIMER_TIMEWAIT;
	close.row.ending = SKW_END_ACKED | SKW_END_REPLACED;
	sweep(t, 2 * S, &wait, 1);
	end(t, &close);
	assert_int_equal(find(t, 7)->close_reason, SKW_CLOSE_FIN);
}

static void data_after_close_is_reset_by_us(void **state)
{
	static const struct {
		__u32 before, after;
		enum skw_close_reason reason;
	} cases[] = {
		{ 10, 11, SKW_CLOSE_RESET_BY_US },
		{ 10, 10, SKW_CLOSE_RESET_BY_PEER },
		/* After shutdown() alone, data may come. */
		{ SKW_NONE32, 11, SKW_CLOSE_RESET_BY_PEER },
	};
	struct skw_table *t = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		__u64 cookie = 7 + i;
		struct skw_close_rec close =
			make_close(cookie, 2 * S, SKW_STATE_FIN_WAIT1, ECONNRESET);

		close.row.data_segs_in = cases[i].after;
		process(t, SKW_EVENT_CLOSER, cookie, 1 * S, cases[i].before);
		assert_int_equal(end(t, &close).row->close_reason, cases[i].reason);
	}
}

static void a_scope_stays_with_its_row_and_its_copy(void **state)
{
	struct skw_table *t = *state, *copy = NULL;
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 0, 0);
	struct skw_event_rec rto = make_event(SKW_EVENT_RTO, 8, 1 * S);

	rec.family = AF_INET6;
	rec.scope_id = 2;
	memcpy(rec.scope, "eth0", 4);
	sweep(t, 1 * S, &rec, 1);
	assert_string_equal(skw_row_scope(find(t, 7)), "eth0");
	rto.scope_id = 2;
	memcpy(rto.scope, "eth0", 4);
	assert_string_equal(skw_row_scope(feed(t, &rto).row), "eth0");
	assert_int_equal(skw_table_copy(t, &copy), 0);
	assert_string_equal(skw_row_scope(find(copy, 7)), "eth0");
	assert_ptr_not_equal(skw_row_scope(find(copy, 7)), skw_row_scope(find(t, 7)));
	skw_table_free(copy);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_connect_that_fails_leaves_no_row),
		TEST(a_connect_that_fails_leaves_the_socket_s_earlier_row),
		TEST(a_listener_counts_its_syn_acks),
		TEST(a_listener_that_drops_is_marked_for_a_while),
		TEST(a_state_that_stays_is_no_event),
		TEST(a_half_closed_connection_may_end_in_order_later),
		TEST(a_time_wait_that_is_met_first_tells_the_same),
		TEST(data_after_close_is_reset_by_us),
		TEST(a_scope_stays_with_its_row_and_its_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
