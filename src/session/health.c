// SPDX-License-Identifier: BSD-2-Clause
#include "session/health.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "abi/conn.h"
#include "journal/journal_make.h"
#include "loop/loop.h"
#include "table/table.h"
#include "util/locale.h"
#include "util/say.h"

/*
 * The source of connections is ahead of that of packets, so a change waits until the packets before
 * its time have gone.
 */

/* Of a change, before the text of its line. */
struct change {
	struct skw_health_row row;
	bool enters;
};

static void take_effect(struct skw_health_session *h, const struct change *change, uint64_t real_ns,
			const char *text)
{
	skw_health_set(h->health, change->row, change->enters);
	h->generation++;
	if (h->lines && text[0])
		skw_packet_lines_remark(h->lines, real_ns, text);
}

/* The changes that are not younger take effect. */
static void let_happen(struct skw_health_session *h, uint64_t until_ns)
{
	struct skw_pending_block at;
	struct change change;
	const uint8_t *bytes;

	while ((bytes = skw_pending_first(&h->changes, until_ns, &at))) {
		memcpy(&change, bytes, sizeof(change));
		take_effect(h, &change, at.ts_ns, (const char *)bytes + sizeof(change));
		skw_pending_drop(&h->changes);
	}
	h->next_ns = skw_pending_first(&h->changes, UINT64_MAX, &at) ? at.ts_ns : UINT64_MAX;
}

/* If there is no room for it, it takes effect at once, without a line. */
static int wait_for(struct skw_health_session *h, const struct change *change,
		    const struct skw_event *event, uint64_t real_ns)
{
	const struct skw_format_env env = { .utf8 = skw_locale_is_utf8() };
	struct skw_pending_block at = { .ts_ns = real_ns };
	struct skw_buf bytes = SKW_BUF_INIT;

	skw_buf_add(&bytes, change, sizeof(*change));
	if (h->lines)
		skw_journal_message(&bytes, event, &env);
	skw_buf_add_char(&bytes, '\0');
	at.len = (uint32_t)bytes.len;
	bool failed = bytes.failed;

	if (!failed && skw_pending_put(&h->changes, &at, bytes.data))
		h->next_ns = h->next_ns == UINT64_MAX ? real_ns : h->next_ns;
	else
		take_effect(h, change, real_ns, "");
	skw_buf_free(&bytes);
	return failed ? -ENOMEM : 0;
}

/*
 * The time must not be before what has been handed on already. Entries of a file have microseconds
 * only.
 */
static uint64_t no_earlier(struct skw_health_session *h, uint64_t real_ns)
{
	if (real_ns > h->latest_ns)
		h->latest_ns = real_ns;
	else
		h->latest_ns += 999 - (h->latest_ns + 999) % 1000;
	return h->latest_ns;
}

/* Tells a change to the outputs. A CLOCK_MONOTONIC time is 0 at least. */
static int tell(struct skw_health_session *h, const struct skw_row *row, struct skw_health_row at,
		bool enters, uint64_t real_ns, struct skw_error *err)
{
	const struct skw_loop_clock *clock = skw_loop_clock(h->loop);
	const struct change change = { .row = at, .enters = enters };
	const struct skw_event event = { .row = row,
					 .type = enters ? SKW_EVENT_ENTER : SKW_EVENT_LEAVE,
					 .ts_ns = real_ns - (uint64_t)clock->offset_ns,
					 .rtt_us = SKW_NONE32,
					 .rto_us = SKW_NONE32,
					 .old_cwnd = SKW_NONE32,
					 .handshake_us = SKW_NONE32,
					 .where = h->where };

	h->entered += enters;
	h->left += !enters;
	int ret = wait_for(h, &change, &event, real_ns);

	if (ret)
		return skw_error_set(err, ret, "out of memory");
	return h->inner.ops->event(h->inner.ctx, &event, err);
}

static int look(struct skw_health_session *h, const struct skw_row *row, uint64_t now_ns,
		uint64_t real_ns, struct skw_error *err)
{
	enum skw_health_change change = skw_health_look(h->health, row, now_ns);

	if (change == SKW_HEALTH_NONE)
		return 0;
	return tell(h, row, skw_health_row_of(row), change == SKW_HEALTH_ENTERS, real_ns, err);
}

static int health_event(void *ctx, const struct skw_event *event, struct skw_error *err)
{
	struct skw_health_session *h = ctx;
	const struct skw_table *table = h->table(h->ctx);
	/* The row of an event may be its own, as its socket serves another connection already. */
	const struct skw_row *row = table ? skw_table_find(table, event->row->cookie) : NULL;
	uint64_t real_ns = no_earlier(h, skw_loop_real_ns(skw_loop_clock(h->loop), event->ts_ns));
	int ret = row == event->row && row ? look(h, row, event->ts_ns, real_ns, err) : 0;

	return ret ? ret : h->inner.ops->event(h->inner.ctx, event, err);
}

/* A row that is gone was closed, whatever else is unknown. */
static int tell_gone(struct skw_health_session *h, uint64_t now_ns, uint64_t real_ns,
		     struct skw_error *err)
{
	struct skw_health_row at;
	struct skw_row bare;
	int ret = 0;

	while (!ret && skw_health_gone(h->health, &bare, &at)) {
		bare.closed_ns = now_ns;
		ret = tell(h, &bare, at, false, real_ns, err);
	}
	return ret;
}

static int look_at_all(struct skw_health_session *h, const struct skw_table *table,
		       const struct skw_watch_status *status, struct skw_error *err)
{
	uint64_t real_ns = no_earlier(h, status->now_ns + (uint64_t)status->offset_ns);
	const struct skw_row *row;
	size_t at = 0;
	int ret = 0;

	skw_health_begin(h->health);
	while (!ret && (row = skw_table_next(table, &at)))
		ret = look(h, row, status->now_ns, real_ns, err);
	return ret ? ret : tell_gone(h, status->now_ns, real_ns, err);
}

static int health_tick(void *ctx, const struct skw_table *table,
		       const struct skw_watch_status *status, struct skw_error *err)
{
	struct skw_health_session *h = ctx;
	int ret = 0;

	/* Events of the time before the first sweep will still come, and stand first. */
	if (!h->swept) {
		h->due = table;
		h->due_status = *status;
	} else {
		ret = look_at_all(h, table, status, err);
	}
	h->swept = true;
	return ret ? ret : h->inner.ops->tick(h->inner.ctx, table, status, err);
}

/* The number of packets before the next change. */
static size_t before_change(const struct skw_health_session *h, const struct skw_packet *run,
			    size_t n)
{
	size_t len = 1;

	if (h->next_ns == UINT64_MAX)
		return n;
	while (len < n && run[len].ts_ns < h->next_ns)
		len++;
	return len;
}

static int health_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			  struct skw_error *err)
{
	struct skw_health_session *h = ctx;
	size_t done = 0;

	while (done < n && !skw_loop_is_over(h->loop)) {
		if (h->next_ns <= run[done].ts_ns)
			let_happen(h, run[done].ts_ns);
		size_t len = before_change(h, run + done, n - done);
		const struct skw_packet *part = h->join(h->ctx, run + done, &len);
		int taken = (int)len;

		if (part)
			taken = h->inner.ops->packets(h->inner.ctx, part, len, wait, err);
		else
			h->left_out += len;
		if (taken < 0)
			return taken;
		done += (size_t)taken;
		if (taken && run[done - 1].ts_ns > h->latest_ns)
			h->latest_ns = run[done - 1].ts_ns;
		if ((size_t)taken < len)
			break;
	}
	return (int)done;
}

static int health_pause(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_health_session *h = ctx;

	let_happen(h, until_ns);
	/* Rows are recorded with this time. */
	if (until_ns > h->latest_ns)
		h->latest_ns = until_ns;
	const struct skw_table *due = h->due;
	int ret = due ? look_at_all(h, due, &h->due_status, err) : 0;

	h->due = NULL;
	return ret ? ret : h->inner.ops->pause(h->inner.ctx, until_ns, err);
}

static void health_clock_set(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text)
{
	struct skw_health_session *h = ctx;

	/* Changes with times of the old clock must not wait for packets with new ones. */
	let_happen(h, UINT64_MAX);
	h->latest_ns = 0;
	h->inner.ops->clock_set(h->inner.ctx, by_ns, real_ns, text);
}

static int health_open(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_health_session *h = ctx;

	h->loop = loop;
	return h->inner.ops->open(h->inner.ctx, loop, err);
}

static int health_start(void *ctx, struct skw_error *err)
{
	const struct skw_health_session *h = ctx;

	return h->inner.ops->start(h->inner.ctx, err);
}

static int health_block(void *ctx, const struct skw_raw_block *block, bool wait,
			struct skw_error *err)
{
	const struct skw_health_session *h = ctx;

	return h->inner.ops->block(h->inner.ctx, block, wait, err);
}

static bool health_ready(const void *ctx)
{
	const struct skw_health_session *h = ctx;

	return h->inner.ops->ready(h->inner.ctx);
}

static int health_signal(void *ctx, int signo, struct skw_error *err)
{
	const struct skw_health_session *h = ctx;

	return h->inner.ops->signal(h->inner.ctx, signo, err);
}

static void health_hurry(void *ctx, unsigned ms)
{
	const struct skw_health_session *h = ctx;

	h->inner.ops->hurry(h->inner.ctx, ms);
}

static int health_close(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_health_session *h = ctx;

	/* If lines were never opened, nothing has changed. */
	let_happen(h, UINT64_MAX);
	return h->inner.ops->close(h->inner.ctx, real_ns, err);
}

static const struct skw_sink_ops health_ops = {
	.open = health_open,
	.start = health_start,
	.packets = health_packets,
	.block = health_block,
	.event = health_event,
	.tick = health_tick,
	.pause = health_pause,
	.ready = health_ready,
	.clock_set = health_clock_set,
	.signal = health_signal,
	.hurry = health_hurry,
	.close = health_close,
};

int skw_health_session_make(struct skw_health_session *h, const struct skw_session_plan *plan,
			    struct skw_error *err)
{
	h->where = plan->where.text;
	h->next_ns = UINT64_MAX;
	h->health = skw_health_new(plan->where.expr);
	return h->health ? 0 : skw_error_set(err, -ENOMEM, "out of memory");
}

void skw_health_session_free(struct skw_health_session *h)
{
	skw_health_free(h->health);
	skw_pending_free(&h->changes);
}

struct skw_sink skw_health_session_sink(struct skw_health_session *h)
{
	return (struct skw_sink){ &health_ops, h };
}

void skw_health_session_report(const struct skw_health_session *h)
{
	skw_say("%" PRIu64 " connection%s entered the capture, %" PRIu64 " left it", h->entered,
		h->entered == 1 ? "" : "s", h->left);
}
