/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection table for a test, and functions that feed it. */
#ifndef SKW_TESTS_UNIT_CONN_TABLE_H
#define SKW_TESTS_UNIT_CONN_TABLE_H

#include "table/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_records.h"
#include "table_feed.h"

static inline int set_up(void **state)
{
	const struct skw_table_options opt = { .closed_ns = 10 * S, .owners = true };
	struct skw_table *t = NULL;
	int ret = skw_table_new(&opt, &t);

	*state = t;
	return ret;
}

static inline int tear_down(void **state)
{
	skw_table_free(*state);
	return 0;
}

static inline void sweep(struct skw_table *t, __u64 now_ns, const struct skw_conn_rec *recs,
			 size_t len)
{
	skw_table_sweep_begin(t, now_ns);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(take_row(t, &recs[i], sizeof(recs[i])), 0);
	skw_table_sweep_end(t, now_ns, true);
}

static inline struct skw_event feed(struct skw_table *t, const struct skw_event_rec *rec)
{
	struct skw_event event;

	assert_int_equal(take_event(t, rec, sizeof(*rec), &event), 1);
	assert_int_equal(event.ts_ns, rec->head.ts_ns);
	assert_int_equal(event.type, rec->head.type);
	return event;
}

static inline struct skw_event end(struct skw_table *t, const struct skw_close_rec *rec)
{
	struct skw_event event;

	assert_int_equal(take_event(t, rec, sizeof(*rec), &event), 1);
	assert_int_equal(event.new_state, SKW_STATE_CLOSED);
	return event;
}

/* The row with this cookie, which must exist. */
static inline const struct skw_row *find(const struct skw_table *t, __u64 cookie)
{
	const struct skw_row *row = skw_table_find(t, cookie);

	assert_non_null(row);
	return row;
}

#endif
