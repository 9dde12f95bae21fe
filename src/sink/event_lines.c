// SPDX-License-Identifier: BSD-2-Clause
#include "sink/event_lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "format/format.h"
#include "loop/loop.h"
#include "model/raw_block.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "table/table.h"
#include "util/locale.h"
#include "util/say.h"

static int open_lines(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_event_lines *e = ctx;

	e->loop = loop;
	skw_lines_open(&e->out, loop);
	if (e->recorded) {
		e->entry = malloc(sizeof(*e->entry));
		if (!e->entry)
			return skw_error_set(err, -ENOMEM, "out of memory");
	}
	return skw_lines_let_leave(&e->out, err);
}

static int add_event(void *ctx, const struct skw_event *event, struct skw_error *err)
{
	struct skw_event_lines *e = ctx;
	const struct skw_format_env env = {
		.offset_ns = e->recorded ? 0 : skw_loop_clock(e->loop)->offset_ns,
		.host = e->host,
		.names = e->names,
		.stamped = e->out.to != NULL,
		.utf8 = skw_locale_is_utf8()
	};

	if (!skw_event_types_wanted(e->types, event))
		return 0;
	if (e->change)
		event = e->change(e->ctx, event);
	if ((e->where && !skw_expr_matches(e->where, event->row)))
		return 0;
	if (e->json)
		skw_format_event_json(&e->text, event, &env);
	else
		skw_format_event_line(&e->text, event, &env);
	if (++e->printed == e->count)
		skw_loop_enough(e->loop);
	return skw_lines_add(&e->out, &e->text) ? skw_lines_write(&e->out, &e->text, err) : 0;
}

static int add_block(void *ctx, const struct skw_raw_block *block, bool wait, struct skw_error *err)
{
	struct skw_event_lines *e = ctx;
	struct skw_pcapng_body body = skw_pcapng_body_of(block);

	if (!e->entry || block->type != SKW_PCAPNG_JOURNAL)
		return 1;
	int ret = skw_lines_make_room(&e->out, wait, err);
	if (ret <= 0)
		return ret;
	ret = skw_journal_read(body.p, body.left, e->entry);

	e->refused += ret < 0;
	if (ret <= 0 || e->entry->kind != SKW_JOURNAL_EVENT)
		return 1;
	e->read++;
	ret = add_event(e, &e->entry->event, err);
	return ret ? ret : 1;
}

static int write_text(struct skw_event_lines *e, struct skw_error *err)
{
	return e->text.len || e->text.failed ? skw_lines_write(&e->out, &e->text, err) : 0;
}

static int start_lines(void *ctx, struct skw_error *err)
{
	const struct skw_event_lines *e = ctx;

	return e->started ? e->started(e->ctx, e->loop, err) : 0;
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	const struct skw_event_lines *e = ctx;

	(void)wait;
	(void)err;
	if (e->packets)
		e->packets(e->ctx, run, n);
	return (int)n;
}

static int pause_lines(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_event_lines *e = ctx;

	(void)until_ns;
	if (e->pause)
		e->pause(e->ctx);
	return write_text(e, err);
}

/*
 * Reports that the watch has begun. Only after the first sweep do older connections have callbacks.
 */
static int announce(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		    struct skw_error *err)
{
	struct skw_event_lines *e = ctx;
	size_t rows = skw_table_totals(table)->rows;

	(void)err;
	if (e->announced)
		return 0;
	e->announced = true;
	skw_say("watching %zu connection%s in %" PRIu32 " network namespace%s", rows,
		rows == 1 ? "" : "s", status->netns, status->netns == 1 ? "" : "s");
	return 0;
}

static void hurry(void *ctx, unsigned ms)
{
	skw_lines_hurry(&((struct skw_event_lines *)ctx)->out, ms);
}

static int close_lines(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_event_lines *e = ctx;

	(void)real_ns;
	int ret = write_text(e, err);

	skw_buf_free(&e->text);
	free(e->entry);
	return ret;
}

static const struct skw_sink_ops ops = {
	.open = open_lines,
	.start = start_lines,
	.packets = take_packets,
	.event = add_event,
	.block = add_block,
	.tick = announce,
	.pause = pause_lines,
	.hurry = hurry,
	.close = close_lines,
};

struct skw_sink skw_event_lines_sink(struct skw_event_lines *e)
{
	return (struct skw_sink){ &ops, e };
}
