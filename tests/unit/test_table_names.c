// SPDX-License-Identifier: BSD-2-Clause
/* Names of cgroups and of network namespaces, and the rows of the table that get them. */
#include "table/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_table.h"

static void names_reach_rows_that_are_there_and_that_come(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec recs[3] = { make_traffic(1, 1 * S, 0, 0), make_traffic(2, 1 * S, 0, 0),
					make_traffic(3, 1 * S, 0, 0) };
	uint64_t cgroup;
	uint32_t netns;

	recs[0].cgroup_id = recs[1].cgroup_id = recs[2].cgroup_id = 77;
	sweep(t, 1 * S, recs, 2);
	assert_true(skw_table_unnamed_cgroup(t, &cgroup));
	assert_int_equal(cgroup, 77);
	assert_false(skw_table_unnamed_cgroup(t, &cgroup));
	assert_null(find(t, 1)->cgroup);
	assert_int_equal(skw_table_name_cgroup(t, 77, "/a.slice"), 0);
	assert_string_equal(find(t, 2)->cgroup, "/a.slice");
	sweep(t, 2 * S, recs, 3);
	assert_ptr_equal(find(t, 3)->cgroup, find(t, 1)->cgroup);
	assert_false(skw_table_unnamed_cgroup(t, &cgroup));

	netns = find(t, 3)->netns;
	assert_int_equal(netns, 4026531840U);
	assert_null(find(t, 3)->netns_name);
	assert_int_equal(skw_table_name_netns(t, netns, "old"), 0);
	assert_int_equal(skw_table_name_netns(t, netns, "blue"), 0);
	assert_string_equal(find(t, 3)->netns_name, "blue");
}

static void a_cgroup_is_asked_for_after_many_have_gone(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec connect = make_event(SKW_EVENT_CONNECT, 9999, 3 * S);
	struct skw_event event;
	unsigned asked = 0;
	uint64_t cgroup;

	skw_table_sweep_begin(t, 1 * S);
	for (unsigned i = 1; i <= 2000; i++) {
		struct skw_conn_rec rec = make_kind(i, SKW_ROW_UDP, SKW_STATE_CLOSED, 1 * S);

		rec.cgroup_id = 5000 + i;
		assert_int_equal(take_row(t, &rec, sizeof(rec)), 0);
	}
	skw_table_sweep_end(t, 1 * S, true);
	while (skw_table_unnamed_cgroup(t, &cgroup))
		asked++;
	assert_int_equal(asked, 2000);
	sweep(t, 2 * S, NULL, 0);
	sweep(t, 3 * S, NULL, 0);
	assert_int_equal(skw_table_len(t), 0);
	assert_false(skw_table_unnamed_cgroup(t, &cgroup));

	connect.cgroup_id = 77;
	assert_int_equal(take_event(t, &connect, sizeof(connect), &event), 1);
	assert_true(skw_table_unnamed_cgroup(t, &cgroup));
	assert_int_equal(cgroup, 77);
}

/* The table has no list of rows that wait for a name if it would be a long one. */
static void very_many_rows_get_a_name(void **state)
{
	struct skw_table *t = *state;

	for (unsigned at = 1; at <= 2; at++) {
		skw_table_sweep_begin(t, at * S);
		for (unsigned i = 1; i <= 5000 * at; i++) {
			struct skw_conn_rec rec = make_traffic(i, at * S, 0, 0);

			rec.cgroup_id = 77 + i % 2;
			assert_int_equal(take_row(t, &rec, sizeof(rec)), 0);
		}
		skw_table_sweep_end(t, at * S, true);
	}
	assert_int_equal(skw_table_name_cgroup(t, 77, "/a.slice"), 0);
	assert_int_equal(skw_table_name_cgroup(t, 78, "/b.slice"), 0);
	assert_int_equal(skw_table_name_netns(t, find(t, 1)->netns, "blue"), 0);
	for (unsigned i = 1; i <= 10000; i++) {
		assert_string_equal(find(t, i)->cgroup, i % 2 ? "/b.slice" : "/a.slice");
		assert_string_equal(find(t, i)->netns_name, "blue");
	}
}

static void a_name_goes_with_its_namespace(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec recs[2] = { make_traffic(7, 1 * S, 0, 0),
					make_traffic(8, 2 * S, 0, 0) };

	assert_int_equal(skw_table_name_netns(t, recs[0].netns, "red"), 0);
	sweep(t, 1 * S, recs, 1);
	assert_string_equal(find(t, 7)->netns_name, "red");

	/* Another namespace, which has no name, got its number. */
	assert_int_equal(skw_table_name_netns(t, recs[0].netns, ""), 0);
	assert_null(find(t, 7)->netns_name);
	sweep(t, 2 * S, recs, 2);
	assert_null(find(t, 8)->netns_name);

	assert_int_equal(skw_table_name_netns(t, recs[0].netns, ""), 0);
	assert_int_equal(skw_table_name_netns(t, recs[0].netns, "blue"), 0);
	assert_string_equal(find(t, 7)->netns_name, "blue");
	assert_string_equal(find(t, 8)->netns_name, "blue");
	assert_int_equal(skw_table_name_netns(t, recs[0].netns, "blue"), 0);
	assert_string_equal(find(t, 7)->netns_name, "blue");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_reach_rows_that_are_there_and_that_come,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_cgroup_is_asked_for_after_many_have_gone, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(very_many_rows_get_a_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_name_goes_with_its_namespace, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
