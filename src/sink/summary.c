// SPDX-License-Identifier: BSD-2-Clause
#include "sink/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "model/raw_block.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "table/table.h"
#include "util/cleanup.h"
#include "util/say.h"

/* Lines are written when there are this many bytes of them. */
#define TEXT_BYTES 65536

static int open_summary(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_summary *s = ctx;

	skw_lines_open(&s->out, loop);
	if (skw_conversations_new(&s->options, &s->conversations))
		return skw_error_set(err, -ENOMEM, "summary: out of memory");
	return skw_lines_let_leave(&s->out, err);
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	struct skw_summary *s = ctx;

	(void)wait;
	for (size_t i = 0; i < n; i++)
		if (skw_conversations_take(s->conversations, &run[i]))
			return skw_error_set(err, -ENOMEM, "summary: out of memory");
	return (int)n;
}

/* ---- the kernel's figures ---- */

static int tell(struct skw_summary *s, const struct skw_row *row, struct skw_error *err)
{
	int ret = skw_conversations_tell(s->conversations, row);

	return ret ? skw_error_set(err, ret, "summary: out of memory") : 0;
}

int skw_summary_tell(void *summary, const struct skw_table *table, struct skw_error *err)
{
	struct skw_summary *s = summary;
	const struct skw_row *row;
	size_t at = 0;
	int ret = 0;

	while (!ret && s->conversations && (row = skw_table_next(table, &at)))
		ret = tell(s, row, err);
	return ret;
}

static int tick(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		struct skw_error *err)
{
	(void)status;
	return skw_summary_tell(ctx, table, err);
}

/* A file has them as entries of a journal. An entry that is damaged tells nothing. */
static int take_block(void *ctx, const struct skw_raw_block *block, bool wait,
		      struct skw_error *err)
{
	struct skw_summary *s = ctx;
	struct skw_pcapng_body body = skw_pcapng_body_of(block);
	int ret = 0;

	(void)wait;
	if (block->type != SKW_PCAPNG_JOURNAL)
		return 1;
	if (!s->entry)
		s->entry = malloc(sizeof(*s->entry));
	if (!s->entry)
		return skw_error_set(err, -ENOMEM, "summary: out of memory");
	if (skw_journal_read(body.p, body.left, s->entry) <= 0)
		return 1;
	if (s->entry->kind == SKW_JOURNAL_EVENT || s->entry->kind == SKW_JOURNAL_ROW)
		ret = tell(s, &s->entry->row, err);
	return ret ? ret : 1;
}

/* ---- the table ---- */

/*
 * A session that was told to end gives a reader that has stopped only some time. A long table takes
 * longer than that, so each part of it has all of that time.
 */
static int write_part(struct skw_summary *s, struct skw_error *err)
{
	s->out.give_up_ns = 0;
	if (s->hurried)
		skw_lines_hurry(&s->out, s->hurry_ms);
	return skw_lines_write(&s->out, &s->text, err);
}

static void add_head(struct skw_summary *s)
{
	if (s->choice->csv)
		skw_format_summary_csv_head(&s->text);
	else if (!s->choice->json)
		skw_format_summary_text_head(&s->text, &s->widths);
}

static void add_line(struct skw_summary *s, const struct skw_conversation *c)
{
	if (s->choice->json)
		skw_format_summary_json(&s->text, c);
	else if (s->choice->csv)
		skw_format_summary_csv(&s->text, c);
	else
		skw_format_summary_text(&s->text, c, &s->widths);
}

/* Keeps the conversations that the user wants. Returns their number. */
static size_t choose(struct skw_summary *s, const struct skw_conversation **list, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s->choice->filter && !skw_expr_matches_about(s->choice->filter, list[i]))
			continue;
		skw_format_summary_measure(&s->widths, list[i]);
		list[n++] = list[i];
	}
	return n;
}

static int print_table(struct skw_summary *s, const struct skw_conversation **list, size_t len,
		       struct skw_error *err)
{
	int ret = 0;

	add_head(s);
	for (size_t i = 0; !ret && i < len; i++) {
		add_line(s, list[i]);
		if (s->text.len >= TEXT_BYTES || s->text.failed)
			ret = write_part(s, err);
	}
	return ret ? ret : write_part(s, err);
}

/* Tells on standard error what is in no line. */
static void say_rest(const struct skw_summary *s, size_t printed, size_t len)
{
	const struct skw_conversations_rest *rest = skw_conversations_rest(s->conversations);
	struct skw_buf text = SKW_BUF_INIT;

	if (printed < len)
		skw_say("%zu of %zu connections match", printed, len);
	skw_format_summary_folded(&text, rest);
	if (text.len)
		skw_say("%.*s", (int)text.len, (const char *)text.data);
	skw_buf_reset(&text);
	skw_format_summary_others(&text, rest);
	if (text.len)
		skw_say("%.*s", (int)text.len, (const char *)text.data);
	skw_buf_free(&text);
}

static int print(struct skw_summary *s, struct skw_error *err)
{
	size_t len = skw_conversations_len(s->conversations), n;
	SKW_AUTO_FREE const struct skw_conversation **list = calloc(len + 1, sizeof(*list));
	int ret;

	if (!list)
		return skw_error_set(err, -ENOMEM, "summary: out of memory");
	skw_conversations_list(s->conversations, list);
	n = choose(s, list, len);
	if (skw_format_summary_sort(list, n, s->choice->by, s->choice->ascending))
		return skw_error_set(err, -ENOMEM, "summary: out of memory");
	ret = print_table(s, list, n, err);
	say_rest(s, n, len);
	return ret;
}

/* ---- */

static void hurry(void *ctx, unsigned ms)
{
	struct skw_summary *s = ctx;

	s->hurried = true;
	s->hurry_ms = ms;
}

static int close_summary(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_summary *s = ctx;
	int ret = s->conversations ? print(s, err) : 0;

	(void)real_ns;
	skw_conversations_free(s->conversations);
	skw_buf_free(&s->text);
	free(s->entry);
	s->conversations = NULL;
	s->entry = NULL;
	return ret;
}

static const struct skw_sink_ops ops = {
	.open = open_summary,
	.packets = take_packets,
	.block = take_block,
	.tick = tick,
	.hurry = hurry,
	.close = close_summary,
};

struct skw_sink skw_summary_sink(struct skw_summary *s)
{
	return (struct skw_sink){ &ops, s };
}
