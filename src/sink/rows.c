// SPDX-License-Identifier: BSD-2-Clause
#include "sink/rows.h"

#include <errno.h>

#include "format/format_group.h"
#include "format/listing.h"
#include "loop/loop.h"
#include "table/table.h"
#include "util/buf.h"
#include "util/locale.h"

/* Rows are written whenever there are this many bytes, which stay in the cache of a CPU. */
#define TEXT_BYTES 131072

static int write_full(struct skw_rows *r, struct skw_error *err)
{
	return r->text.len < TEXT_BYTES ? 0 : skw_lines_write(&r->out, &r->text, err);
}

static int add_rows(struct skw_rows *r, const struct skw_format_env *env, struct skw_error *err)
{
	size_t n = skw_view_len(r->view);
	int ret = 0;

	if (r->format == SKW_ROWS_CSV && !r->printed)
		skw_format_csv_head(&r->text);
	if (r->format == SKW_ROWS_TEXT)
		skw_listing_head(&r->text, r->messages);
	for (size_t i = 0; i < n && !ret; i++) {
		const struct skw_row *row = skw_view_row(r->view, i);

		if (r->format == SKW_ROWS_JSON)
			skw_format_row_json(&r->text, row, env);
		else if (r->format == SKW_ROWS_CSV)
			skw_format_row_csv(&r->text, row, env);
		else
			skw_listing_row(&r->text, row, env);
		ret = write_full(r, err);
	}
	return ret;
}

static void add_groups(struct skw_rows *r, const struct skw_format_env *env)
{
	enum skw_group by = r->view_options->group;
	size_t n = skw_view_groups_len(r->view);

	if (r->format == SKW_ROWS_CSV && !r->printed)
		skw_format_group_csv_head(&r->text);
	if (r->format == SKW_ROWS_TEXT)
		skw_listing_group_head(&r->text, by, r->messages);
	for (size_t i = 0; i < n; i++) {
		const struct skw_group_row *row = skw_view_group(r->view, i);

		if (r->format == SKW_ROWS_JSON)
			skw_format_group_json(&r->text, by, row, env);
		else if (r->format == SKW_ROWS_CSV)
			skw_format_group_csv(&r->text, by, row, env);
		else
			skw_listing_group(&r->text, row, env);
	}
}

static int open_rows(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_rows *r = ctx;

	r->loop = loop;
	skw_lines_open(&r->out, loop);
	if (skw_view_new(&r->view) < 0)
		return skw_error_set(err, -ENOMEM, "out of memory");
	return skw_lines_let_leave(&r->out, err);
}

static int print_rows(void *ctx, const struct skw_table *table,
		      const struct skw_watch_status *status, struct skw_error *err)
{
	struct skw_rows *r = ctx;
	const struct skw_format_env env = { .offset_ns = status->offset_ns,
					    .sweep_ns = status->now_ns,
					    .update = r->printed + 1,
					    .host = r->host,
					    .messages = r->messages,
					    .utf8 = skw_locale_is_utf8() };
	int ret = 0;

	if (r->tick)
		r->tick(r->ctx);
	if (skw_view_make(r->view, table, r->view_options, true) < 0)
		return skw_error_set(err, -ENOMEM, "out of memory");
	if (r->format == SKW_ROWS_TEXT) {
		if (r->printed)
			skw_buf_add_char(&r->text, '\n');
		skw_listing_totals(&r->text, skw_table_totals(table), status);
		if (skw_view_sum(r->view))
			skw_listing_sum(&r->text, skw_view_sum(r->view));
	}
	if (r->view_options->group != SKW_GROUP_NONE)
		add_groups(r, &env);
	else
		ret = add_rows(r, &env, err);
	if (ret)
		return ret;
	if (++r->printed == r->iterations)
		skw_loop_enough(r->loop);
	return skw_lines_write(&r->out, &r->text, err);
}

static void hurry(void *ctx, unsigned ms)
{
	skw_lines_hurry(&((struct skw_rows *)ctx)->out, ms);
}

static int close_rows(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_rows *r = ctx;

	(void)real_ns;
	(void)err;
	skw_view_free(r->view);
	skw_buf_free(&r->text);
	r->view = NULL;
	return 0;
}

static int start_rows(void *ctx, struct skw_error *err)
{
	const struct skw_rows *r = ctx;

	return r->started ? r->started(r->ctx, r->loop, err) : 0;
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	const struct skw_rows *r = ctx;

	(void)wait;
	(void)err;
	if (r->packets)
		r->packets(r->ctx, run, n);
	return (int)n;
}

static int pause_rows(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	const struct skw_rows *r = ctx;

	(void)err;
	if (r->pause)
		r->pause(r->ctx, until_ns);
	return 0;
}

static const struct skw_sink_ops ops = {
	.open = open_rows,
	.start = start_rows,
	.tick = print_rows,
	.packets = take_packets,
	.pause = pause_rows,
	.hurry = hurry,
	.close = close_rows,
};

struct skw_sink skw_rows_sink(struct skw_rows *r)
{
	return (struct skw_sink){ &ops, r };
}
