// SPDX-License-Identifier: BSD-2-Clause
#include "sink/rows.h"

#include <errno.h>

#include "format/listing.h"
#include "util/buf.h"

struct batch {
	const struct skw_batch_plan *plan;
	struct skw_watch *watch;
	struct skw_view *view;
	struct skw_buf text;
	uint64_t printed; /* iterations */
};

static void add_rows(struct batch *b, const struct skw_watch_status *status)
{
	const struct skw_format_env env = { .offset_ns = status->offset_ns };
	const enum skw_batch_format format = b->plan->format;
	size_t n = skw_view_len(b->view);

	if (format == SKW_BATCH_CSV && !b->printed)
		skw_format_csv_head(&b->text);
	if (format == SKW_BATCH_TEXT)
		skw_listing_head(&b->text);
	for (size_t i = 0; i < n; i++) {
		const struct skw_row *row = skw_view_row(b->view, i);

		if (format == SKW_BATCH_JSON)
			skw_format_row_json(&b->text, row, &env);
		else if (format == SKW_BATCH_CSV)
			skw_format_row_csv(&b->text, row, &env);
		else
			skw_listing_row(&b->text, row);
	}
}

static void add_groups(struct batch *b)
{
	size_t n = skw_view_groups_len(b->view);

	skw_listing_group_head(&b->text, b->plan->view->group);
	for (size_t i = 0; i < n; i++)
		skw_listing_group(&b->text, skw_view_group(b->view, i));
}

static int start(void *ctx, struct skw_watch *w, struct skw_error *err)
{
	(void)err;
	((struct batch *)ctx)->watch = w;
	return 0;
}

static int tick(void *ctx, struct skw_table *table, const struct skw_watch_status *status,
		struct skw_error *err)
{
	struct batch *b = ctx;

	if (skw_view_make(b->view, table, b->plan->view, true) < 0)
		return skw_error_set(err, -ENOMEM, "out of memory");
	if (b->plan->format == SKW_BATCH_TEXT) {
		if (b->printed)
			skw_buf_add_char(&b->text, '\n');
		skw_listing_totals(&b->text, skw_table_totals(table), status);
	}
	if (b->plan->view->group != SKW_GROUP_NONE)
		add_groups(b);
	else
		add_rows(b, status);
	b->printed++;
	int ret = skw_watch_print(b->watch, &b->text, err);

	return ret ? ret : b->printed == b->plan->iterations;
}

int skw_batch_run(const struct skw_batch_plan *plan, struct skw_error *err)
{
	struct batch b = { .plan = plan };
	const struct skw_watch_hooks hooks = {
		.ctx = &b, .start = start, .tick = tick, .input_fd = -1
	};

	if (skw_view_new(&b.view) < 0)
		return skw_error_set(err, -ENOMEM, "out of memory");
	int ret = skw_watch_run(&plan->watch, &hooks, err);

	skw_view_free(b.view);
	skw_buf_free(&b.text);
	return ret;
}
