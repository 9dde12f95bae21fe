// SPDX-License-Identifier: BSD-2-Clause
/*
 * The table remembers which rows it has seen closed, so as not to read them at each look for old
 * ones. Such a row may be dropped, opened again, or its place be given to another row.
 */
#include "table/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_table.h"
#include "table/past/closed.h"

#define COOKIES 200
#define KEEP_NS (10 * S) /* as set_up() has it */

enum state { NONE, OPEN, CLOSED };

struct model {
	enum state state[COOKIES];
	__u64 since_ns[COOKIES];
};

static void open_or_close(struct skw_table *t, struct model *m, unsigned i, __u64 now_ns)
{
	if (m->state[i] == OPEN) {
		struct skw_close_rec close = make_close(i + 1, now_ns, SKW_STATE_LAST_ACK, 0);

		end(t, &close);
	} else {
		struct skw_event_rec rec = make_event(SKW_EVENT_CONNECT, i + 1, now_ns);

		feed(t, &rec);
	}
	m->state[i] = m->state[i] == OPEN ? CLOSED : OPEN;
	m->since_ns[i] = now_ns;
}

static void expire(struct skw_table *t, struct model *m, __u64 now_ns)
{
	skw_table_expire(t, now_ns);
	for (unsigned i = 0; i < COOKIES; i++) {
		if (m->state[i] == CLOSED && now_ns - m->since_ns[i] >= KEEP_NS)
			m->state[i] = NONE;
		if ((skw_table_find(t, i + 1) != NULL) != (m->state[i] != NONE))
			fail_msg("row %u at %llu ns", i + 1, (unsigned long long)now_ns);
	}
}

static void rows_go_when_they_were_closed_long_enough(void **state)
{
	struct model m = { 0 };
	unsigned random = 1;
	__u64 now_ns = S;

	for (unsigned step = 0; step < 20000; step++) {
		random = random * 1103515245 + 12345;
		now_ns += (random >> 16) % 200 * MS + random % 1000;
		open_or_close(*state, &m, (random >> 8) % COOKIES, now_ns);
		if (step % 3 == 0)
			expire(*state, &m, now_ns);
	}
}

static void a_row_goes_at_the_nanosecond(void **state)
{
	struct model m = { 0 };

	open_or_close(*state, &m, 0, S);
	open_or_close(*state, &m, 0, S + 7);
	for (__u64 ns = 0; ns <= 2; ns++)
		expire(*state, &m, S + 6 + KEEP_NS + ns);
	assert_int_equal(m.state[0], NONE);
}

static void times_that_say_nothing_make_the_table_look(void **state)
{
	const __u64 unit = 1ULL << SKW_CLOSED_UNIT_BITS;
	struct skw_closed c = { 0 };

	(void)state;
	assert_false(skw_closed_is_recent(&c, 3, S, S));
	skw_closed_fit(&c, 4);
	skw_closed_note(&c, 3, 1000 * unit);
	assert_true(skw_closed_is_recent(&c, 3, 1000 * unit, S));
	assert_true(skw_closed_is_recent(&c, 3, 1004 * unit, 5 * unit));
	assert_false(skw_closed_is_recent(&c, 3, 1005 * unit, 5 * unit));
	/* Before its close, and with a time to keep that is longer than the units can tell. */
	assert_false(skw_closed_is_recent(&c, 3, 999 * unit, S));
	assert_false(skw_closed_is_recent(&c, 3, 1001 * unit, UINT64_MAX));
	/* A time that means that there is no row. */
	skw_closed_forget(&c, 3);
	skw_closed_note(&c, 3, SKW_CLOSED_NO_ROW * unit);
	assert_false(skw_closed_is_none(&c, 3));
	skw_closed_note_none(&c, 3);
	assert_true(skw_closed_is_none(&c, 3));
	skw_closed_fit(&c, 1000);
	assert_true(skw_closed_is_none(&c, 3));
	assert_false(skw_closed_is_none(&c, 999));
	skw_closed_free(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_go_when_they_were_closed_long_enough),
		TEST(a_row_goes_at_the_nanosecond),
		cmocka_unit_test(times_that_say_nothing_make_the_table_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
