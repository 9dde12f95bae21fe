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

	/* When no process holds the socket any more, its last owner is kept, but as its creator. */
	rows[1].inode = 0;
	rows[1].ts_ns = 2 * S;
	sweep(t, 2 * S, rows, 3);
	skw_table_holders_begin(t);
	hold(t, 100, 51, "worker");
	assert_int_equal(skw_table_holders_end(t), 0);
	assert_int_equal(find(t, 2)->owners->len, 2);
	assert_int_equal(find(t, 2)->owner_source, SKW_OWNER_CREATOR);
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
	assert_int_equal(find(t, 2)->owner_source, SKW_OWNER_CREATOR);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(holders_are_owners_sorted_and_each_once),
		TEST(the_accepted_have_their_listeners_owners),
		TEST(a_listener_that_listens_no_more_accepts_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
