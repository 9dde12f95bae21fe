// SPDX-License-Identifier: BSD-2-Clause
/*
 * The owners of rows in the connection table: holders of sockets, and listeners for the connections
 * that they accepted.
 */
#include "table/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_table.h"

static void hold(struct skw_table *t, __u32 inode, __u32 tgid, const char *comm)
{
	struct skw_holder_rec rec = { .inode = inode, .tgid = tgid };

	memcpy(rec.comm, comm, strlen(comm));
	assert_int_equal(take_holder(t, &rec), 0);
}

static void holders_are_owners_sorted_and_each_once(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rows[3] = { make_traffic(1, 1 * S, 0, 0), make_traffic(2, 1 * S, 0, 0),
					make_traffic(3, 1 * S, 0, 0) };

	rows[0].inode = 100;
	rows[1].inode = 200;
	rows[2].inode = 300;
	sweep(t, 1 * S, rows, 3);
	skw_table_holders_begin(t);
	hold(t, 100, 50, "worker");
	hold(t, 200, 50, "worker");
	hold(t, 100, 9, "master");
	hold(t, 200, 9, "master");
	hold(t, 100, 9, "master");
	assert_int_equal(skw_table_holders_end(t), 0);

	const struct skw_owners *owners = find(t, 1)->owners;

	assert_int_equal(owners->len, 2);
	assert_int_equal(owners->list[0].pid, 9);
	assert_string_equal(owners->list[1].comm, "worker");
	assert_int_equal(find(t, 1)->owner_source, SKW_OWNER_HOLDER);
	assert_ptr_equal(find(t, 2)->owners, owners);
	assert_null(find(t, 3)->owners);

	/* A row that is not mentioned keeps its owners. */
	skw_table_holders_begin(t);
	hold(t, 100, 51, "worker");
	assert_int_equal(skw_table_holders_end(t), 0);
	assert_int_equal(find(t, 1)->owners->list[0].pid, 51);
	assert_int_equal(find(t, 1)->owners->len, 1);
	assert_int_equal(find(t, 2)->owners->len, 2);
	assert_int_equal(find(t, 2)->owner_source, SKW_OWNER_HOLDER);

	/* When no process holds the socket any more, its last owner is kept: it closed it. */
	rows[1].inode = 0;
	rows[1].ts_ns = 2 * S;
	sweep(t, 2 * S, rows, 3);
	skw_table_holders_begin(t);
	hold(t, 100, 51, "worker");
	assert_int_equal(skw_table_holders_end(t), 0);
	assert_int_equal(find(t, 2)->owners->len, 2);
	assert_int_equal(find(t, 2)->owner_source, SKW_OWNER_CLOSER);
	assert_int_equal(find(t, 1)->owner_source, SKW_OWNER_HOLDER);
}

static void the_accepted_have_their_listeners_owners(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rows[2] = { make_record(1, SKW_STATE_LISTEN),
					make_traffic(2, 1 * S, 0, 0) };

	rows[0].inode = 100;
	rows[0].local_port = rows[1].local_port = 80;
	memset(rows[0].local_addr, 0, 16);
	rows[0].ts_ns = 1 * S;
	sweep(t, 1 * S, rows, 2);
	skw_table_holders_begin(t);
	hold(t, 100, 9, "master");
	assert_int_equal(skw_table_holders_end(t), 0);
	assert_ptr_equal(find(t, 2)->owners, find(t, 1)->owners);
	assert_int_equal(find(t, 2)->owner_source, SKW_OWNER_LISTENER);
	assert_int_equal(find(t, 1)->owner_source, SKW_OWNER_HOLDER);

	struct skw_event_rec rec = make_event(SKW_EVENT_ESTABLISHED, 3, 2 * S);

	rec.local_port = 80;
	rec.head.direction = SKW_CONN_IN;
	assert_string_equal(feed(t, &rec).row->owners->list[0].comm, "master");
}

static void a_listener_that_listens_no_more_accepts_nobody(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec rec = make_event(SKW_EVENT_LISTEN, 1, 1 * S);

	rec.local_port = 80;
	rec.backlog = 128;
	assert_int_equal(feed(t, &rec).backlog, 128);
	assert_int_equal(find(t, 1)->state, SKW_STATE_LISTEN);

	struct skw_close_rec close = make_close(1, 2 * S, SKW_STATE_LISTEN, 0);

	assert_int_equal(end(t, &close).row->close_reason, SKW_CLOSE_UNKNOWN);

	struct skw_conn_rec row = make_traffic(2, 3 * S, 0, 0);

	row.local_port = 80;
	sweep(t, 3 * S, &row, 1);
	assert_int_equal(find(t, 2)->direction, SKW_CONN_UNKNOWN);
	assert_null(skw_table_find(t, 1));
}

/* Listeners with these inodes at port 80, all addresses, and a connection to one of them. */
static void sweep_listeners(struct skw_table *t, const __u32 *inodes, size_t len)
{
	struct skw_conn_rec rows[8];

	for (size_t i = 0; i < len; i++) {
		rows[i] = make_record(10 + i, SKW_STATE_LISTEN);
		rows[i].inode = inodes[i];
		rows[i].local_port = 80;
		memset(rows[i].local_addr, 0, 16);
		rows[i].ts_ns = 1 * S;
	}
	sweep(t, 1 * S, rows, len);
}

static const struct skw_row *accept_one(struct skw_table *t, __u64 cookie)
{
	struct skw_event_rec rec = make_event(SKW_EVENT_ESTABLISHED, cookie, 2 * S);

	rec.local_port = 80;
	rec.head.direction = SKW_CONN_IN;
	return feed(t, &rec).row;
}

static void of_several_listeners_none_is_blamed(void **state)
{
	static const __u32 inodes[] = { 100, 101, 102, 103 };
	struct skw_table *t = *state;

	sweep_listeners(t, inodes, 4);
	skw_table_holders_begin(t);
	for (__u32 i = 0; i < 4; i++)
		hold(t, inodes[i], 50 + i, "worker");
	assert_int_equal(skw_table_holders_end(t), 0);

	const struct skw_row *row = accept_one(t, 3);

	assert_null(row->owners);
	assert_int_equal(row->owner_source, SKW_OWNER_UNKNOWN);
	assert_int_equal(row->direction, SKW_CONN_IN);
}

static void several_listeners_with_the_same_holders_are_as_good_as_one(void **state)
{
	static const __u32 inodes[] = { 100, 101 };
	struct skw_table *t = *state;

	sweep_listeners(t, inodes, 2);
	skw_table_holders_begin(t);
	for (__u32 i = 0; i < 2; i++) {
		hold(t, inodes[i], 50, "master");
		hold(t, inodes[i], 51, "worker");
	}
	assert_int_equal(skw_table_holders_end(t), 0);

	const struct skw_row *row = accept_one(t, 3);

	assert_int_equal(row->owners->len, 2);
	assert_int_equal(row->owner_source, SKW_OWNER_LISTENER);
}

static void a_listener_whose_owner_is_unknown_makes_it_unknown(void **state)
{
	static const __u32 inodes[] = { 100, 101, 102 };
	struct skw_table *t = *state;

	sweep_listeners(t, inodes, 3);
	skw_table_holders_begin(t);
	hold(t, 100, 50, "worker");
	hold(t, 102, 50, "worker");
	assert_int_equal(skw_table_holders_end(t), 0);
	assert_null(accept_one(t, 3)->owners);
}

/* The kernel prefers a listener at the address, and a connection has its listener's family. */
static void a_better_fit_is_the_only_one(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rows[3];

	for (unsigned i = 0; i < 3; i++) {
		rows[i] = make_record(10 + i, SKW_STATE_LISTEN);
		rows[i].inode = 100 + i;
		rows[i].local_port = 80;
		rows[i].ts_ns = 1 * S;
		if (i)
			memset(rows[i].local_addr, 0, 16);
	}
	rows[2].family = AF_INET6;
	sweep(t, 1 * S, rows, 3);
	skw_table_holders_begin(t);
	for (__u32 i = 0; i < 3; i++)
		hold(t, 100 + i, 50 + i, "server");
	assert_int_equal(skw_table_holders_end(t), 0);
	assert_int_equal(accept_one(t, 3)->owners->list[0].pid, 50);
}

static void closed_by(struct skw_table *t, __u64 cookie, __u64 ts_ns, __u32 tgid)
{
	struct skw_creator_rec rec = { .head = { .ts_ns = ts_ns,
						 .cookie = cookie,
						 .type = SKW_EVENT_CLOSER,
						 .netns = 4026531840U },
				       .cgroup_id = 77,
				       .tgid = tgid,
				       .comm = "child",
				       .data_segs_in = SKW_NONE32 };
	struct skw_event event;

	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 0);
}

static void who_closes_a_connection_that_no_sweep_met_is_its_owner(void **state)
{
	static const __u32 inodes[] = { 100 };
	struct skw_table *t = *state;

	sweep_listeners(t, inodes, 1);
	skw_table_holders_begin(t);
	hold(t, 100, 50, "parent");
	assert_int_equal(skw_table_holders_end(t), 0);
	assert_string_equal(accept_one(t, 3)->owners->list[0].comm, "parent");
	closed_by(t, 3, 3 * S, 60);

	struct skw_close_rec close = make_close(3, 4 * S, SKW_STATE_LAST_ACK, 0);
	struct skw_event event = end(t, &close);

	assert_int_equal(event.row->owners->list[0].pid, 60);
	assert_int_equal(event.row->owner_source, SKW_OWNER_CLOSER);

	/* Also if nothing was known of it before. */
	closed_by(t, 4, 3 * S, 61);
	assert_null(skw_table_find(t, 4));
	close = make_close(4, 4 * S, SKW_STATE_LAST_ACK, 0);
	event = end(t, &close);
	assert_int_equal(event.row->owners->list[0].pid, 61);
	assert_int_equal(event.row->owner_source, SKW_OWNER_CLOSER);
}

static void holders_stay_if_one_of_them_closes(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec row = make_traffic(3, 1 * S, 0, 0);

	row.inode = 300;
	sweep(t, 1 * S, &row, 1);
	skw_table_holders_begin(t);
	hold(t, 300, 60, "child");
	hold(t, 300, 61, "child");
	assert_int_equal(skw_table_holders_end(t), 0);
	closed_by(t, 3, 2 * S, 61);
	assert_int_equal(find(t, 3)->owners->len, 2);
	assert_int_equal(find(t, 3)->owner_source, SKW_OWNER_HOLDER);
	/* Another one holds it by now, so the walk is out of date. */
	closed_by(t, 3, 3 * S, 70);
	assert_int_equal(find(t, 3)->owners->len, 1);
	assert_int_equal(find(t, 3)->owners->list[0].pid, 70);
	assert_int_equal(find(t, 3)->owner_source, SKW_OWNER_CLOSER);
}

static void a_socket_that_connects_to_itself_is_outgoing(void **state)
{
	static const __u32 inodes[] = { 100 };
	struct skw_table *t = *state;
	struct skw_conn_rec row = make_traffic(3, 2 * S, 0, 0);

	sweep_listeners(t, inodes, 1);
	row.local_port = row.remote_port = 80;
	memcpy(row.remote_addr, row.local_addr, 16);
	sweep(t, 2 * S, &row, 1);
	assert_int_equal(find(t, 3)->direction, SKW_CONN_OUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(holders_are_owners_sorted_and_each_once),
		TEST(the_accepted_have_their_listeners_owners),
		TEST(a_listener_that_listens_no_more_accepts_nobody),
		TEST(of_several_listeners_none_is_blamed),
		TEST(several_listeners_with_the_same_holders_are_as_good_as_one),
		TEST(a_listener_whose_owner_is_unknown_makes_it_unknown),
		TEST(a_better_fit_is_the_only_one),
		TEST(who_closes_a_connection_that_no_sweep_met_is_its_owner),
		TEST(holders_stay_if_one_of_them_closes),
		TEST(a_socket_that_connects_to_itself_is_outgoing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
