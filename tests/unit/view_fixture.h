/* SPDX-License-Identifier: BSD-2-Clause */
/* A table and its view for a test, and functions that feed them. */
#ifndef SKW_TESTS_UNIT_VIEW_FIXTURE_H
#define SKW_TESTS_UNIT_VIEW_FIXTURE_H

#include "view/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_records.h"
#include "table_feed.h"

struct fixture {
	struct skw_table *table;
	struct skw_view *view;
	struct skw_view_options opt;
	__u64 now_ns;
};

static inline int set_up(void **state)
{
	const struct skw_table_options opt = { .closed_ns = 10 * S, .owners = true };
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	f->opt.sort = SKW_FIELD_SRTT_US;
	return skw_table_new(&opt, &f->table) || skw_view_new(&f->view);
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;

	skw_table_free(f->table);
	skw_view_free(f->view);
	free(f);
	return 0;
}

static inline void sweep(struct fixture *f, const struct skw_conn_rec *recs, size_t len)
{
	f->now_ns += S;
	skw_table_sweep_begin(f->table, f->now_ns);
	for (size_t i = 0; i < len; i++) {
		struct skw_conn_rec rec = recs[i];

		rec.ts_ns = f->now_ns;
		assert_int_equal(take_row(f->table, &rec, sizeof(rec)), 0);
	}
	skw_table_sweep_end(f->table, f->now_ns, true);
}

static inline void hold(struct fixture *f, __u32 inode, __u32 tgid, const char *comm)
{
	struct skw_holder_rec rec = { .inode = inode, .tgid = tgid };

	memcpy(rec.comm, comm, strnlen(comm, sizeof(rec.comm)));
	assert_int_equal(take_holder(f->table, &rec), 0);
}

static inline void make(struct fixture *f, bool tick)
{
	assert_int_equal(skw_view_make(f->view, f->table, &f->opt, tick), 0);
}

#endif
