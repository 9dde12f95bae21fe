// SPDX-License-Identifier: BSD-2-Clause
#include "session/flight.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "flow/connection_hash.h"
#include "format/format_message.h"
#include "loop/loop.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_write.h"
#include "session/flight/flight_noted.h"
#include "table/table.h"
#include "util/clock.h"

/* A step of the clock, which has its place among the packets. */
struct clock_step {
	int64_t by_ns;
	uint64_t real_ns;
	char text[256];
};

/* The type of its block; no pcapng file has it. */
#define STEP 0x7fffffffu

static void pass_step(struct skw_flight_session *f, const struct skw_raw_block *block)
{
	struct clock_step step;

	memcpy(&step, block->bytes, sizeof(step));
	f->steps--;
	f->inner.ops->clock_set(f->inner.ctx, step.by_ns, step.real_ns, step.text);
}

/* Passes a record on that is wanted. Returns 1, 0 if there is no room for it, or -errno. */
static int pass(struct skw_flight_session *f, const struct skw_flight_record *r, bool wait,
		struct skw_error *err)
{
	const struct skw_record_triggers_record record = { .ts_ns = r->ts_ns,
							   .connection = r->connection,
							   .packet =
								   r->is_packet ? &r->packet : NULL,
							   .block = &r->block };

	if (f->files)
		return skw_record_triggers_put(f->files, &record, wait, err);
	return r->is_packet ? f->inner.ops->packets(f->inner.ctx, &r->packet, 1, wait, err)
			    : f->inner.ops->block(f->inner.ctx, &r->block, wait, err);
}

/*
 * Passes one record on, or forgets it. Returns 1, 0 if the recorder has no room for it, or -errno.
 */
static int pass_oldest(struct skw_flight_session *f, const struct skw_flight_record *r, bool early,
		       bool wait, struct skw_error *err)
{
	bool is_step = !r->is_packet && r->block.type == STEP;
	int ret = 1;

	if (is_step)
		pass_step(f, &r->block);
	else if (r->wanted)
		ret = pass(f, r, wait, err);
	if (ret <= 0)
		return ret;
	f->packets += r->wanted && r->is_packet;
	f->blocks += r->wanted && !r->is_packet && !is_step;
	skw_flight_forget(f->flight, early);
	return 1;
}

/* Passes on everything that is old enough. Returns 0 or -errno. */
static int drain(struct skw_flight_session *f, uint64_t until_ns, bool wait, struct skw_error *err)
{
	const struct skw_flight_record *r;

	f->is_full = false;
	/* The files may be full. */
	while (!skw_loop_is_over(f->loop) && (r = skw_flight_oldest(f->flight, until_ns))) {
		int ret = pass_oldest(f, r, false, wait, err);

		f->is_full = ret == 0;
		if (ret <= 0)
			return ret;
	}
	return 0;
}

/* Takes the oldest record out, to make room. Returns 1, 0 or -errno. */
static int squeeze(struct skw_flight_session *f, bool wait, struct skw_error *err)
{
	const struct skw_flight_record *r = skw_flight_oldest(f->flight, UINT64_MAX);
	int ret = r ? pass_oldest(f, r, true, wait, err) : -ENOBUFS;

	f->is_full = ret == 0;
	return r ? ret : skw_error_set(err, ret, "--pre-size: there is no room for one packet");
}

/* Secrets, which all packets may need, go on at once. */
static int flight_all(void *ctx, const struct skw_raw_block *block, bool wait,
		      struct skw_error *err)
{
	const struct skw_flight_session *f = ctx;

	return f->inner.ops->block(f->inner.ctx, block, wait, err);
}

/* Keeps a block. It can't wait: where there is no room it is lost. */
static int keep_block(struct skw_flight_session *f, uint64_t ts_ns, uint64_t connection,
		      const struct skw_raw_block *block, struct skw_error *err)
{
	while (!skw_flight_block(f->flight, ts_ns, connection, block)) {
		int ret = squeeze(f, false, err);

		f->lost += ret == 0;
		if (ret <= 0)
			return ret;
	}
	return 0;
}

static int keep_event(struct skw_flight_session *f, const struct skw_pending_block *at,
		      const uint8_t *bytes, size_t len, struct skw_error *err)
{
	const struct skw_raw_block block = { .bytes = bytes,
					     .len = (uint32_t)len,
					     .type = SKW_PCAPNG_JOURNAL };

	return keep_block(f, at->ts_ns, at->connection, &block, err);
}

/* Whether the time around a trigger is recorded anyway. Then it is for longer. */
static bool goes_on(struct skw_flight_session *f, const struct skw_pending_block *at)
{
	uint64_t until_ns = at->ts_ns + f->plan->flight.post_ns;

	return f->files ? skw_record_triggers_extend(f->files, at->connection, at->ts_ns, until_ns)
			: skw_flight_goes_on(f->flight, at->ts_ns, at->connection);
}

/*
 * The time in the name of a trigger's file. A trigger may have waited while the clock was set, and
 * the keeper makes no file with a distant time.
 */
static uint64_t name_time(const struct skw_flight_session *f, uint64_t ts_ns)
{
	uint64_t now_ns = skw_clock_real_ns();

	if (f->plan->read_files_len ||
	    (ts_ns <= now_ns + SKW_NS_PER_S && ts_ns + 60 * SKW_NS_PER_S >= now_ns))
		return ts_ns;
	return now_ns;
}

/* Begins the trigger's own file, if it has one. Returns 1, 0 if there is no place, or -errno. */
static int begin_file(struct skw_flight_session *f, const struct skw_pending_block *at,
		      const struct skw_flight_noted *noted, uint64_t held_ns, struct skw_error *err)
{
	const struct skw_session_flight_plan *plan = &f->plan->flight;
	struct skw_record_trigger t = { .connection = at->connection,
					.from_ns = at->ts_ns - held_ns,
					.until_ns = at->ts_ns + plan->post_ns,
					.file = noted->file };

	t.file.ts_ns = name_time(f, t.file.ts_ns);
	return f->files ? skw_record_triggers_begin(f->files, &t, err) : 1;
}

/* The trigger starts what is recorded of its connection, and becomes a row in the file itself. */
static int trigger(struct skw_flight_session *f, const struct skw_pending_block *at,
		   const uint8_t *bytes, struct skw_error *err)
{
	const struct skw_flight_figures *now = skw_flight_figures(f->flight);
	uint64_t max = f->plan->flight.max_triggers;
	struct skw_flight_noted noted = { 0 };
	char text[512];

	memcpy(&noted, bytes, at->len);
	if (goes_on(f, at)) {
		skw_flight_extend(f->flight, at->ts_ns, at->connection);
		return 0;
	}
	if (max && now->triggers >= max) {
		f->ignored++;
		return 0;
	}
	uint64_t held_ns = skw_flight_held(f->flight, at->ts_ns);
	int ret = begin_file(f, at, &noted, held_ns, err);
	if (ret <= 0)
		return ret;
	skw_flight_trigger(f->flight, at->ts_ns, at->connection);
	snprintf(text, sizeof(text), "trigger %" PRIu64 ": %s; %.1f s before it are held",
		 now->triggers, noted.text, (double)held_ns / SKW_NS_PER_S);
	skw_buf_reset(&f->block);
	skw_pcapng_note(&f->block, at->ts_ns, text);
	if (f->block.failed)
		return skw_error_set(err, -ENOMEM, "out of memory");
	return keep_event(f, at, f->block.data, f->block.len, err);
}

enum { EVENT, TRIGGER };

/* Passes on events that are not younger than until_ns, as all packets before them are known now. */
static int release(struct skw_flight_session *f, uint64_t until_ns, struct skw_error *err)
{
	struct skw_pending_block at;
	const uint8_t *bytes;
	int ret = 0;

	while (!ret && (bytes = skw_pending_first(&f->pending, until_ns, &at))) {
		bool counts =
			!f->captured || skw_captured_has_connection(f->captured, at.connection);

		if (counts && at.type == TRIGGER)
			ret = trigger(f, &at, bytes, err);
		else if (counts)
			ret = keep_event(f, &at, bytes, at.len, err);
		skw_pending_drop(&f->pending);
	}
	return ret;
}

/* Returns 1, 0 if there is no room, so that the packet will come again, or -errno. */
static int keep_packet(struct skw_flight_session *f, struct skw_packet pkt, bool wait,
		       struct skw_error *err)
{
	uint64_t connection = skw_connection_hash_of_packet(&pkt);
	int ret = release(f, pkt.ts_ns, err);

	if (!ret)
		ret = skw_flight_messages_take(&f->messages, &pkt, err);
	while (!ret && !skw_flight_packet(f->flight, &pkt, connection)) {
		int left = squeeze(f, wait, err);

		if (left <= 0)
			return left;
	}
	if (ret)
		return ret;
	f->messages.taken = false;
	if (f->captured)
		skw_captured_packets(f->captured, &pkt, 1);
	return 1;
}

static int flight_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			  struct skw_error *err)
{
	for (size_t i = 0; i < n; i++) {
		int ret = keep_packet(ctx, run[i], wait, err);

		if (ret <= 0)
			return ret ? ret : (int)i;
	}
	return (int)n;
}

static void add_pending(struct skw_flight_session *f, struct skw_pending_block *at,
			const void *bytes, size_t len)
{
	at->len = (uint32_t)len;
	f->lost += !skw_pending_put(&f->pending, at, bytes);
}

static void put_trigger(struct skw_flight_session *f, const struct skw_flight_noted *noted)
{
	struct skw_pending_block at = { .ts_ns = noted->file.ts_ns,
					.connection = skw_connection_hash(&noted->file.tuple),
					.type = TRIGGER };

	add_pending(f, &at, noted,
		    offsetof(struct skw_flight_noted, text) + strlen(noted->text) + 1);
}

static void add_trigger(struct skw_flight_session *f, uint64_t ts_ns, const struct skw_row *row,
			unsigned what)
{
	struct skw_flight_noted noted = { .file = { .ts_ns = ts_ns, .what = what } };

	skw_flight_noted_row(&noted, row, f->texts[what]);
	put_trigger(f, &noted);
}

static void add_message(void *ctx, uint64_t ts_ns, const struct skw_file_trigger *file,
			const char *text)
{
	struct skw_flight_noted noted = { .file = *file };

	noted.file.ts_ns = ts_ns;
	snprintf(noted.text, sizeof(noted.text), "%s", text);
	put_trigger(ctx, &noted);
}

static int flight_event(void *ctx, const struct skw_event *event, struct skw_error *err)
{
	struct skw_flight_session *f = ctx;
	const struct skw_loop_clock *clock = skw_loop_clock(f->loop);
	struct skw_pending_block at = { .ts_ns = skw_loop_real_ns(clock, event->ts_ns),
					.connection = skw_connection_hash(&event->row->tuple),
					.type = EVENT };
	int what = skw_triggers_event(&f->triggers, event);

	skw_buf_reset(&f->block);
	skw_record_events_event(f->events, event, clock, &f->block);
	if (f->block.failed)
		return skw_error_set(err, -ENOMEM, "out of memory");
	if (f->block.len)
		add_pending(f, &at, f->block.data, f->block.len);
	if (what >= 0)
		add_trigger(f, at.ts_ns, event->row, (unsigned)what);
	return 0;
}

static int flight_tick(void *ctx, const struct skw_table *table,
		       const struct skw_watch_status *status, struct skw_error *err)
{
	struct skw_flight_session *f = ctx;
	uint64_t ts_ns = status->now_ns + (uint64_t)status->offset_ns;
	const struct skw_row *row;
	size_t at = 0;

	(void)err;
	while (f->triggers.len && (row = skw_table_next(table, &at))) {
		int what = skw_triggers_row(&f->triggers, row);

		if (what >= 0)
			add_trigger(f, ts_ns, row, (unsigned)what);
	}
	return 0;
}

static int flight_pause(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_flight_session *f = ctx;
	int ret = until_ns ? skw_flight_messages_pass(&f->messages, until_ns, err) : 0;

	if (!ret && until_ns)
		ret = release(f, until_ns, err);
	if (!ret && until_ns)
		ret = drain(f, until_ns, false, err);
	if (until_ns)
		f->until_ns = until_ns;
	if (!ret && f->plan->flight.max_triggers && !skw_flight_is_busy(f->flight, f->until_ns) &&
	    skw_flight_figures(f->flight)->triggers >= f->plan->flight.max_triggers)
		skw_loop_stop(f->loop);
	if (ret)
		return ret;
	/*
	 * That much later come the packets, and so the end of a file. Before a step of the clock
	 * times can't be compared.
	 */
	uint64_t pre_ns = f->plan->flight.pre_ns;

	if (until_ns > pre_ns && !f->is_full && !f->steps)
		f->passed_ns = until_ns - pre_ns;
	return f->inner.ops->pause(f->inner.ctx, until_ns ? f->passed_ns : 0, err);
}

static bool flight_ready(const void *ctx)
{
	const struct skw_flight_session *f = ctx;

	return !f->is_full || f->inner.ops->ready(f->inner.ctx);
}

static int flight_open(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_flight_session *f = ctx;

	f->loop = loop;
	return f->inner.ops->open(f->inner.ctx, loop, err);
}

static int flight_start(void *ctx, struct skw_error *err)
{
	const struct skw_flight_session *f = ctx;

	return f->inner.ops->start(f->inner.ctx, err);
}

static void flight_clock_set(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text)
{
	struct skw_flight_session *f = ctx;
	struct clock_step step = { .by_ns = by_ns, .real_ns = real_ns };
	const struct skw_raw_block block = { .bytes = (const uint8_t *)&step,
					     .len = sizeof(step),
					     .type = STEP };

	/* The next packet finds a failure. Events with old times must not wait for new ones. */
	release(f, UINT64_MAX, NULL);
	skw_flight_clock_set(f->flight, by_ns);
	if (f->files)
		skw_record_triggers_shift(f->files, by_ns);
	f->passed_ns += f->passed_ns ? (uint64_t)by_ns : 0;
	/* The step goes on when the packets before it have. */
	snprintf(step.text, sizeof(step.text), "%s", text);
	uint64_t lost = f->lost;
	if (!keep_block(f, real_ns, SKW_FLIGHT_ALWAYS, &block, NULL) && f->lost == lost)
		f->steps++;
}

static int flight_signal(void *ctx, int signo, struct skw_error *err)
{
	const struct skw_flight_session *f = ctx;

	return f->inner.ops->signal(f->inner.ctx, signo, err);
}

static void flight_hurry(void *ctx, unsigned ms)
{
	const struct skw_flight_session *f = ctx;

	f->inner.ops->hurry(f->inner.ctx, ms);
}

static int flight_close(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_flight_session *f = ctx;
	/* If it was never opened, there is no file to drain into. */
	bool drains = f->loop && !skw_loop_has_failed(f->loop);
	int ret = drains ? release(f, UINT64_MAX, err) : 0;

	if (!ret && drains)
		ret = drain(f, UINT64_MAX, true, err);
	int closed = f->inner.ops->close(f->inner.ctx, real_ns, ret ? NULL : err);

	return ret ? ret : closed;
}

static const struct skw_sink_ops flight_ops = {
	.open = flight_open,
	.start = flight_start,
	.packets = flight_packets,
	.block = flight_all,
	.event = flight_event,
	.tick = flight_tick,
	.pause = flight_pause,
	.ready = flight_ready,
	.clock_set = flight_clock_set,
	.signal = flight_signal,
	.hurry = flight_hurry,
	.close = flight_close,
};

int skw_flight_session_make(struct skw_flight_session *f, const struct skw_session_plan *plan,
			    struct skw_error *err)
{
	const struct skw_session_flight_plan *wanted = &plan->flight;
	const struct skw_flight_options opt = { .bytes = wanted->bytes,
						.pre_ns = wanted->pre_ns,
						.post_ns = wanted->post_ns,
						.any = wanted->any };
	struct skw_record_events_options events = plan->recorded.what;
	const struct skw_triggers_words words = { .names = wanted->names,
						  .about_messages = skw_format_message_expr };
	bool some = events.only_captured;

	*f = (struct skw_flight_session){ .plan = plan };
	f->messages = (struct skw_flight_messages){
		.triggers = &f->triggers, .slow_ns = wanted->slow_ns, .told = add_message, .ctx = f
	};
	int ret = skw_triggers_parse(&f->triggers, wanted->on, &words, err);
	if (!ret && f->triggers.messages)
		ret = skw_flight_messages_begin(&f->messages, err);
	if (ret)
		return ret;
	for (unsigned i = 0; i < SKW_TRIGGERS_END; i++)
		f->texts[i] = skw_triggers_text(&f->triggers, i);
	/* The stage knows which connections count. */
	events.rows = events.only_captured = false;
	f->flight = skw_flight_new(&opt);
	f->events = skw_record_events_new(&events);
	if (some)
		f->captured = skw_captured_new();
	if (!f->flight || !f->events || (some && !f->captured))
		return skw_error_set(err, -ENOMEM,
				     "--pre-size: memory is short; ask for less with --pre-size");
	return 0;
}

void skw_flight_session_free(struct skw_flight_session *f)
{
	skw_flight_messages_free(&f->messages);
	skw_triggers_free(&f->triggers);
	skw_flight_free(f->flight);
	skw_record_events_free(f->events);
	skw_captured_free(f->captured);
	skw_buf_free(&f->block);
	skw_pending_free(&f->pending);
}

struct skw_sink skw_flight_session_sink(struct skw_flight_session *f)
{
	return (struct skw_sink){ &flight_ops, f };
}
