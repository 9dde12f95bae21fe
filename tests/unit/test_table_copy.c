// SPDX-License-Identifier: BSD-2-Clause
/* A copy of the connection table has everything and does not change later. */
#include "table/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_table.h"

/* Adds two connections with all strings that rows share, and a closed connection. */
static void fill(struct skw_table *t)
{
	struct skw_conn_rec recs[2] = { make_traffic(7, 1 * S, 10, 0),
					make_traffic(8, 1 * S, 0, 0) };
	struct skw_holder_rec holder = { .inode = 70, .tgid = 913, .comm = "nginx" };
	struct skw_event_rec rto = make_event(SKW_EVENT_RTO, 7, 1500 * MS);

	recs[0].inode = recs[1].inode = 70;
	recs[0].cgroup_id = recs[1].cgroup_id = 77;
	memcpy(recs[1].congestion, "cubic", 5);
	sweep(t, 1 * S, recs, 2);
	assert_int_equal(skw_table_name_cgroup(t, 77, "/a.slice"), 0);
	assert_int_equal(skw_table_name_netns(t, recs[0].netns, "blue"), 0);
	skw_table_holders_begin(t);
	assert_int_equal(take_holder(t, &holder), 0);
	assert_int_equal(skw_table_holders_end(t), 0);
	skw_table_follow(t, 7);
	feed(t, &rto);
}

static void a_copy_has_what_its_table_had(void **state)
{
	struct skw_table *t = *state, *copy = NULL;
	struct skw_happening what;
	size_t at = 0, rows = 0;

	fill(t);
	assert_int_equal(skw_table_copy(t, &copy), 0);
	skw_table_free(t);
	*state = copy;
	assert_int_equal(skw_table_len(copy), 2);
	for (const struct skw_row *row; (row = skw_table_next(copy, &at)); rows++) {
		assert_string_equal(row->cgroup, "/a.slice");
		assert_string_equal(row->netns_name, "blue");
		assert_string_equal(row->owners->list[0].comm, "nginx");
		assert_ptr_equal(find(copy, row->cookie), row);
	}
	assert_int_equal(rows, 2);
	assert_null(find(copy, 7)->congestion);
	assert_string_equal(find(copy, 8)->congestion, "cubic");
	assert_ptr_equal(find(copy, 7)->owners, find(copy, 8)->owners);
	assert_int_equal(skw_table_timeline(copy, 7, &what, 1), 1);
	assert_int_equal(what.type, SKW_EVENT_RTO);
	assert_int_equal(skw_table_totals(copy)->rows, 2);
}

static void a_copy_stays_as_it_is(void **state)
{
	struct skw_table *t = *state, *copy = NULL;
	struct skw_happening what[4];

	fill(t);
	assert_int_equal(skw_table_copy(t, &copy), 0);
	skw_table_follow(t, 0);
	for (unsigned i = 2; i <= 20; i++)
		sweep(t, i * S, NULL, 0);
	for (unsigned i = 0; i < 40000; i++) {
		struct skw_event_rec rto = make_event(SKW_EVENT_RTO, 1000 + i, 30 * S + i);

		feed(t, &rto);
	}
	assert_null(skw_table_find(t, 7));
	assert_int_equal(skw_table_len(copy), 2);
	assert_int_equal(find(copy, 7)->state, SKW_STATE_ESTABLISHED);
	assert_string_equal(find(copy, 7)->cgroup, "/a.slice");
	assert_string_equal(find(copy, 8)->owners->list[0].comm, "nginx");
	assert_int_equal(skw_table_timeline(copy, 7, what, 4), 1);
	skw_table_free(copy);
}

static void a_copy_names_every_congestion_control(void **state)
{
	static const char *const names[] = { "cubic", "reno", "bbr", "dctcp" };
	struct skw_conn_rec recs[4];
	struct skw_table *t = *state;

	for (unsigned i = 0; i < 4; i++) {
		recs[i] = make_traffic(i + 1, 1 * S, 0, 0);
		memcpy(recs[i].congestion, names[i], strlen(names[i]));
	}
	sweep(t, 1 * S, recs, 4);
	assert_int_equal(skw_table_copy(t, (struct skw_table **)state), 0);
	skw_table_free(t);
	for (unsigned i = 0; i < 4; i++)
		assert_string_equal(find(*state, i + 1)->congestion, names[i]);
}

static void an_empty_table_has_an_empty_copy(void **state)
{
	struct skw_table *copy = NULL;

	assert_int_equal(skw_table_copy(*state, &copy), 0);
	assert_int_equal(skw_table_len(copy), 0);
	skw_table_free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_copy_has_what_its_table_had, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_copy_stays_as_it_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_copy_names_every_congestion_control, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_empty_table_has_an_empty_copy, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
