// SPDX-License-Identifier: BSD-2-Clause
#include "session/flight.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "flow/connection_hash.h"
#include "loop/loop.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_write.h"
#include "row/address.h"
#include "table/table.h"
#include "util/clock.h"
#include "util/say.h"

/*
 * Passes one record on, or forgets it. Returns 1, 0 if the recorder has no room for it, or -errno.
 */
static int pass_oldest(struct skw_flight_session *f, const struct skw_flight_record *r, bool early,
		       bool wait, struct skw_error *err)
{
	int ret = 1;

	if (r->wanted && r->is_packet)
		ret = f->inner.ops->packets(f->inner.ctx, &r->packet, 1, wait, err);
	else if (r->wanted)
		ret = f->inner.ops->block(f->inner.ctx, &r->block, wait, err);
	if (ret <= 0)
		return ret;
	f->packets += r->wanted && r->is_packet;
	f->blocks += r->wanted && !r->is_packet;
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

/* Keeps a block. An event can't wait: where there is no room it is lost. */
static int keep_block(struct skw_flight_session *f, uint64_t ts_ns, uint64_t connection,
		      const uint8_t *bytes, uint32_t len, struct skw_error *err)
{
	const struct skw_raw_block block = { .bytes = bytes,
					     .len = len,
					     .type = SKW_PCAPNG_JOURNAL };

	while (!skw_flight_block(f->flight, ts_ns, connection, &block)) {
		int ret = squeeze(f, false, err);

		f->lost += ret == 0;
		if (ret <= 0)
			return ret;
	}
	return 0;
}

static double seconds(uint64_t ns)
{
	return (double)ns / SKW_NS_PER_S;
}

/* The trigger starts what is recorded of its connection, and becomes a row in the file itself. */
static int trigger(struct skw_flight_session *f, const struct skw_pending_block *at,
		   const char *why, struct skw_error *err)
{
	uint64_t max = f->plan->flight.max_triggers, held_ns;
	char text[512];

	if (max && skw_flight_figures(f->flight)->triggers >= max) {
		f->ignored++;
		return 0;
	}
	if (!skw_flight_trigger(f->flight, at->ts_ns, at->connection, &held_ns))
		return 0;
	snprintf(text, sizeof(text), "trigger %" PRIu64 ": %s; %.1f s before it are held",
		 skw_flight_figures(f->flight)->triggers, why, seconds(held_ns));
	skw_buf_reset(&f->block);
	skw_pcapng_note(&f->block, at->ts_ns, text);
	if (f->block.failed)
		return skw_error_set(err, -ENOMEM, "out of memory");
	return keep_block(f, at->ts_ns, at->connection, f->block.data, (uint32_t)f->block.len, err);
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
			ret = trigger(f, &at, (const char *)bytes, err);
		else if (counts)
			ret = keep_block(f, at.ts_ns, at.connection, bytes, at.len, err);
		skw_pending_drop(&f->pending);
	}
	return ret;
}

static int flight_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			  struct skw_error *err)
{
	struct skw_flight_session *f = ctx;

	for (size_t i = 0; i < n; i++) {
		uint64_t connection = skw_connection_hash_of_packet(&run[i]);
		int ret = release(f, run[i].ts_ns, err);

		while (!ret && !skw_flight_packet(f->flight, &run[i], connection)) {
			int left = squeeze(f, wait, err);

			if (left == 0)
				return (int)i;
			ret = left < 0 ? left : 0;
		}
		if (ret)
			return ret;
		if (f->captured)
			skw_captured_packets(f->captured, &run[i], 1);
	}
	return (int)n;
}

static void add_pending(struct skw_flight_session *f, struct skw_pending_block *at,
			const void *bytes, size_t len)
{
	at->len = (uint32_t)len;
	f->lost += !skw_pending_put(&f->pending, at, bytes);
}

static void add_trigger(struct skw_flight_session *f, uint64_t ts_ns, const struct skw_row *row,
			const char *why)
{
	struct skw_pending_block at = { .ts_ns = ts_ns,
					.connection = skw_connection_hash(&row->tuple),
					.type = TRIGGER };
	char local[SKW_ENDPOINT_SIZE], remote[SKW_ENDPOINT_SIZE], text[256];

	skw_address_local(local, row);
	skw_address_remote(remote, row);
	int len = snprintf(text, sizeof(text), "%.64s of %s > %s", why, local, remote);

	add_pending(f, &at, text, (size_t)len + 1);
}

static int flight_event(void *ctx, const struct skw_event *event, struct skw_error *err)
{
	struct skw_flight_session *f = ctx;
	const struct skw_loop_clock *clock = skw_loop_clock(f->loop);
	struct skw_pending_block at = { .ts_ns = skw_loop_real_ns(clock, event->ts_ns),
					.connection = skw_connection_hash(&event->row->tuple),
					.type = EVENT };
	const char *why = skw_triggers_event(&f->triggers, event);

	skw_buf_reset(&f->block);
	skw_record_events_event(f->events, event, clock, &f->block);
	if (f->block.failed)
		return skw_error_set(err, -ENOMEM, "out of memory");
	if (f->block.len)
		add_pending(f, &at, f->block.data, f->block.len);
	if (why)
		add_trigger(f, at.ts_ns, event->row, why);
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
		const char *why = skw_triggers_row(&f->triggers, row);

		if (why)
			add_trigger(f, ts_ns, row, why);
	}
	return 0;
}

static int flight_pause(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_flight_session *f = ctx;
	int ret = until_ns ? release(f, until_ns, err) : 0;

	if (!ret && until_ns)
		ret = drain(f, until_ns, false, err);
	if (until_ns)
		f->until_ns = until_ns;
	if (!ret && f->plan->flight.max_triggers && !skw_flight_is_busy(f->flight, f->until_ns) &&
	    skw_flight_figures(f->flight)->triggers >= f->plan->flight.max_triggers)
		skw_loop_stop(f->loop);
	if (ret)
		return ret;
	/* That much later come the packets, and so the next file. */
	uint64_t pre_ns = f->plan->flight.pre_ns;

	return f->inner.ops->pause(f->inner.ctx, until_ns > pre_ns ? until_ns - pre_ns : 0, err);
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

	/* The next packet finds a failure. Events with old times must not wait for new ones. */
	release(f, UINT64_MAX, NULL);
	skw_flight_clock_set(f->flight, by_ns);
	f->inner.ops->clock_set(f->inner.ctx, by_ns, real_ns, text);
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
			    struct skw_sink inner, struct skw_error *err)
{
	const struct skw_session_flight_plan *wanted = &plan->flight;
	const struct skw_flight_options opt = { .bytes = wanted->bytes,
						.pre_ns = wanted->pre_ns,
						.post_ns = wanted->post_ns,
						.any = wanted->any };
	struct skw_record_events_options events = plan->recorded.what;
	bool some = events.only_captured;

	*f = (struct skw_flight_session){ .plan = plan, .inner = inner };
	int ret = skw_triggers_parse(&f->triggers, wanted->on, wanted->names, err);
	if (ret)
		return ret;
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

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void skw_flight_session_report(const struct skw_flight_session *f)
{
	const struct skw_flight_figures *now = skw_flight_figures(f->flight);

	skw_say("%" PRIu64 " trigger%s: %" PRIu64 " packet%s and %" PRIu64
		" event%s around %s recorded",
		now->triggers, plural(now->triggers), f->packets, plural(f->packets), f->blocks,
		plural(f->blocks), now->triggers == 1 ? "it" : "them");
	if (f->ignored)
		skw_say("%" PRIu64 " trigger%s after the last of --max-triggers", f->ignored,
			plural(f->ignored));
	if (now->missed)
		skw_say("%" PRIu64 " trigger%s of too many connections at the same time had no "
			"place",
			now->missed, plural(now->missed));
	if (now->early && now->triggers)
		skw_say("%" PRIu64 " packet%s left the memory before their time; of one trigger "
			"only %.1f s are held; give a larger --pre-size",
			now->early, plural(now->early), seconds(now->held_ns));
	if (f->lost)
		skw_say("%" PRIu64 " event%s found no room", f->lost, plural(f->lost));
}
