// SPDX-License-Identifier: BSD-2-Clause
/* Which connections are in a capture by health. */
#include "join/health.h"

#include <string.h>

#include "conn_table.h"

struct world {
	struct skw_table *table;
	struct skw_expr *expr;
	struct skw_health *health;
};

static int begin(void **state)
{
	static struct world w;
	const struct skw_table_options opt = { .closed_ns = 5 * S, .owners = true };
	struct skw_error err = { 0 };

	*state = &w;
	if (skw_table_new(&opt, &w.table) || skw_expr_parse("srtt > 50ms", NULL, &w.expr, &err))
		return -1;
	w.health = skw_health_new(w.expr);
	return w.health ? 0 : -1;
}

static int finish(void **state)
{
	struct world *w = *state;

	skw_health_free(w->health);
	skw_expr_free(w->expr);
	skw_table_free(w->table);
	return 0;
}

/* A sweep that finds these sockets. */
static void sweep_of(struct world *w, unsigned s, const struct skw_conn_rec *recs, size_t n)
{
	sweep(w->table, s * S, recs, n);
	skw_health_begin(w->health);
}

static struct skw_conn_rec socket_of(__u64 cookie, unsigned s, unsigned srtt_ms)
{
	struct skw_conn_rec rec = make_traffic(cookie, s * S, 0, 0);

	rec.srtt_us = srtt_ms * 1000;
	return rec;
}

/* The change of a row in this second. */
static void become(struct world *w, __u64 cookie, unsigned s, enum skw_health_change change)
{
	assert_int_equal(skw_health_look(w->health, find(w->table, cookie), s * S), change);
}

static void none_gone(struct world *w)
{
	struct skw_health_row at;
	struct skw_row bare;

	assert_false(skw_health_gone(w->health, &bare, &at));
}

static void a_change_is_told_once(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec rec;

	for (unsigned s = 1; s < 9; s += 4) {
		rec = socket_of(1, s, 10);
		sweep_of(w, s, &rec, 1);
		become(w, 1, s, SKW_HEALTH_NONE);
		rec = socket_of(1, s + 1, 60);
		sweep_of(w, s + 1, &rec, 1);
		become(w, 1, s + 1, SKW_HEALTH_ENTERS);
		become(w, 1, s + 1, SKW_HEALTH_NONE);
		rec = socket_of(1, s + 2, 70);
		sweep_of(w, s + 2, &rec, 1);
		become(w, 1, s + 2, SKW_HEALTH_NONE);
		none_gone(w);
		rec = socket_of(1, s + 3, 50);
		sweep_of(w, s + 3, &rec, 1);
		become(w, 1, s + 3, SKW_HEALTH_LEAVES);
		none_gone(w);
	}
}

/* The capture follows later, at the time of the packets. */
static void what_matches_is_in_when_it_is_set(void **state)
{
	struct world *w = *state;
	const struct skw_conn_rec recs[] = { socket_of(1, 1, 60), socket_of(2, 1, 60) };

	sweep_of(w, 1, recs, 2);
	become(w, 1, 1, SKW_HEALTH_ENTERS);
	become(w, 2, 1, SKW_HEALTH_ENTERS);
	assert_false(skw_health_has(w->health, find(w->table, 1)));
	skw_health_set(w->health, skw_health_row_of(find(w->table, 1)), true);
	assert_true(skw_health_has(w->health, find(w->table, 1)));
	assert_false(skw_health_has(w->health, find(w->table, 2)));
	skw_health_set(w->health, skw_health_row_of(find(w->table, 1)), false);
	assert_false(skw_health_has(w->health, find(w->table, 1)));
	/* A row that was never looked at, and one of another cookie at its place. */
	skw_health_set(w->health, (struct skw_health_row){ 1000000, 1 }, true);
	skw_health_set(w->health, (struct skw_health_row){ 0, 77 }, true);
	assert_false(skw_health_has(w->health, find(w->table, 1)));
}

static void a_closed_connection_leaves_after_its_last_packets(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec recs[] = { socket_of(1, 1, 60), socket_of(2, 1, 10) };
	struct skw_close_rec close = make_close(1, 2 * S, SKW_STATE_FIN_WAIT2, 0);

	sweep_of(w, 1, recs, 2);
	become(w, 1, 1, SKW_HEALTH_ENTERS);
	become(w, 2, 1, SKW_HEALTH_NONE);
	end(w->table, &close);
	close = make_close(2, 2 * S, SKW_STATE_FIN_WAIT2, 0);
	close.row.srtt_us = 90000;
	end(w->table, &close);
	become(w, 1, 2, SKW_HEALTH_NONE);
	/* It is over, so there is nothing to capture. */
	become(w, 2, 2, SKW_HEALTH_NONE);
	become(w, 1, 3, SKW_HEALTH_NONE);
	become(w, 1, 4, SKW_HEALTH_LEAVES);
	become(w, 1, 5, SKW_HEALTH_NONE);
}

static void a_row_that_is_gone_leaves(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec recs[] = { socket_of(1, 1, 60), socket_of(2, 1, 60),
				       socket_of(3, 1, 60) };
	struct skw_health_row at, was;
	struct skw_row bare;

	sweep_of(w, 1, recs, 3);
	for (__u64 cookie = 1; cookie <= 3; cookie++)
		become(w, cookie, 1, SKW_HEALTH_ENTERS);
	was = skw_health_row_of(find(w->table, 2));
	/* The table has forgotten the second. */
	sweep_of(w, 2, recs, 3);
	become(w, 1, 2, SKW_HEALTH_NONE);
	become(w, 3, 2, SKW_HEALTH_NONE);
	assert_true(skw_health_gone(w->health, &bare, &at));
	assert_memory_equal(&bare.tuple, &find(w->table, 2)->tuple, sizeof(bare.tuple));
	assert_int_equal(bare.cookie, 2);
	assert_int_equal(bare.srtt_us, SKW_NONE32);
	assert_int_equal(at.place, was.place);
	assert_int_equal(at.cookie, was.cookie);
	none_gone(w);
	/* The others are where they were. */
	recs[0].srtt_us = recs[2].srtt_us = 1;
	sweep_of(w, 3, recs, 3);
	become(w, 3, 3, SKW_HEALTH_LEAVES);
	skw_health_begin(w->health);
	assert_true(skw_health_gone(w->health, &bare, &at));
	assert_int_equal(bare.cookie, 1);
	none_gone(w);
}

static void very_many_come_and_go(void **state)
{
	struct world *w = *state;

	for (__u64 cookie = 1; cookie <= 2000; cookie++) {
		struct skw_conn_rec rec = socket_of(cookie, 1, 60);

		rec.local_port = (__u16)cookie;
		assert_int_equal(take_row(w->table, &rec, sizeof(rec)), 0);
		become(w, cookie, 1, SKW_HEALTH_ENTERS);
	}
	skw_health_begin(w->health);
	for (__u64 cookie = 1; cookie <= 2000; cookie += 2)
		become(w, cookie, 1, SKW_HEALTH_NONE);
	struct skw_health_row at;
	struct skw_row bare;
	unsigned gone = 0;

	for (; skw_health_gone(w->health, &bare, &at); gone++)
		assert_int_equal(bare.cookie % 2, 0);
	assert_int_equal(gone, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_change_is_told_once, begin, finish),
		cmocka_unit_test_setup_teardown(what_matches_is_in_when_it_is_set, begin, finish),
		cmocka_unit_test_setup_teardown(a_closed_connection_leaves_after_its_last_packets,
						begin, finish),
		cmocka_unit_test_setup_teardown(a_row_that_is_gone_leaves, begin, finish),
		cmocka_unit_test_setup_teardown(very_many_come_and_go, begin, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
