// SPDX-License-Identifier: BSD-2-Clause
#include "sink/tee.h"

#include "loop/loop.h"

static int tee_prepare(void *ctx, struct skw_error *err)
{
	struct skw_tee *tee = ctx;
	int ret = 0;

	for (size_t i = 0; !ret && i < tee->len; i++)
		if (tee->sinks[i].ops->prepare)
			ret = tee->sinks[i].ops->prepare(tee->sinks[i].ctx, err);
	return ret;
}

static int tee_open(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_tee *tee = ctx;
	int ret = 0;

	tee->loop = loop;
	for (size_t i = 0; !ret && i < tee->len; i++)
		if (tee->sinks[i].ops->open)
			ret = tee->sinks[i].ops->open(tee->sinks[i].ctx, loop, err);
	return ret;
}

static int tee_start(void *ctx, struct skw_error *err)
{
	struct skw_tee *tee = ctx;
	int ret = 0;

	for (size_t i = 0; !ret && i < tee->len; i++)
		if (tee->sinks[i].ops->start)
			ret = tee->sinks[i].ops->start(tee->sinks[i].ctx, err);
	return ret;
}

static int offer(struct skw_tee *tee, const struct skw_packet *run, size_t n, bool wait,
		 struct skw_error *err)
{
	size_t i = 0;

	if (tee->limit && n > tee->limit - tee->packets)
		n = tee->limit - tee->packets;
	while (i < tee->len && !tee->sinks[i].ops->packets)
		i++;
	/* Packets that the first sink took count, even if another sink does not take them. */
	int taken = n && i < tee->len
			    ? tee->sinks[i].ops->packets(tee->sinks[i].ctx, run, n, wait, err)
			    : (int)n;
	if (taken < 0)
		return taken;
	tee->packets += (uint64_t)taken;
	if (tee->limit && tee->packets == tee->limit)
		skw_loop_enough(tee->loop);

	int ret = taken;

	while (ret > 0 && ++i < tee->len)
		if (tee->sinks[i].ops->packets)
			ret = tee->sinks[i].ops->packets(tee->sinks[i].ctx, run, (size_t)taken,
							 wait, err);
	return ret < 0 ? ret : taken;
}

static int tee_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
		       struct skw_error *err)
{
	struct skw_tee *tee = ctx;
	size_t done = 0;

	while (done < n) {
		const struct skw_packet *part = run + done;
		size_t len = n - done;

		if (tee->complete)
			part = tee->complete(tee->complete_ctx, part, &len);
		int ret = offer(tee, part, len, wait, err);
		if (ret < 0)
			return ret;
		done += (size_t)ret;
		if ((size_t)ret < len)
			break;
	}
	return (int)done;
}

static int tee_block(void *ctx, const struct skw_raw_block *block, bool wait, struct skw_error *err)
{
	struct skw_tee *tee = ctx;

	int ret = 1;

	/* As with packets, only the first sink may refuse a block for now. */
	for (size_t i = 0; ret > 0 && i < tee->len; i++)
		if (tee->sinks[i].ops->block)
			ret = tee->sinks[i].ops->block(tee->sinks[i].ctx, block, wait, err);
	return ret;
}

static int tee_event(void *ctx, const struct skw_event *event, struct skw_error *err)
{
	struct skw_tee *tee = ctx;
	int ret = 0;

	for (size_t i = 0; !ret && i < tee->len; i++)
		if (tee->sinks[i].ops->event)
			ret = tee->sinks[i].ops->event(tee->sinks[i].ctx, event, err);
	return ret;
}

static int tee_tick(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		    struct skw_error *err)
{
	struct skw_tee *tee = ctx;
	int ret = 0;

	for (size_t i = 0; !ret && i < tee->len; i++)
		if (tee->sinks[i].ops->tick)
			ret = tee->sinks[i].ops->tick(tee->sinks[i].ctx, table, status, err);
	return ret;
}

static int tee_pause(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_tee *tee = ctx;
	int ret = 0;

	/* A user may be waiting for the output of the later sinks, so they write first. */
	for (size_t i = tee->len; !ret && i-- > 0;)
		if (tee->sinks[i].ops->pause)
			ret = tee->sinks[i].ops->pause(tee->sinks[i].ctx, until_ns, err);
	return ret;
}

static bool tee_ready(const void *ctx)
{
	const struct skw_tee *tee = ctx;

	for (size_t i = 0; i < tee->len; i++)
		if (tee->sinks[i].ops->ready && !tee->sinks[i].ops->ready(tee->sinks[i].ctx))
			return false;
	return true;
}

static void tee_clock_set(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text)
{
	struct skw_tee *tee = ctx;

	for (size_t i = 0; i < tee->len; i++)
		if (tee->sinks[i].ops->clock_set)
			tee->sinks[i].ops->clock_set(tee->sinks[i].ctx, by_ns, real_ns, text);
}

static int tee_signal(void *ctx, int signo, struct skw_error *err)
{
	struct skw_tee *tee = ctx;
	int ret = 0;

	for (size_t i = 0; !ret && i < tee->len; i++)
		if (tee->sinks[i].ops->signal)
			ret = tee->sinks[i].ops->signal(tee->sinks[i].ctx, signo, err);
	return ret;
}

static void tee_hurry(void *ctx, unsigned ms)
{
	struct skw_tee *tee = ctx;

	for (size_t i = 0; i < tee->len; i++)
		if (tee->sinks[i].ops->hurry)
			tee->sinks[i].ops->hurry(tee->sinks[i].ctx, ms);
}

static int tee_close(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_tee *tee = ctx;
	int first = 0;

	/*
	 * Close all sinks, even after a failure. The last is first, so that lines do not wait for
	 * the disk.
	 */
	for (size_t i = tee->len; i-- > 0;) {
		int ret = tee->sinks[i].ops->close
				  ? tee->sinks[i].ops->close(tee->sinks[i].ctx, real_ns, err)
				  : 0;

		first = first ? first : ret;
	}
	return first;
}

static const struct skw_sink_ops tee_ops = {
	.prepare = tee_prepare,
	.open = tee_open,
	.start = tee_start,
	.packets = tee_packets,
	.block = tee_block,
	.event = tee_event,
	.tick = tee_tick,
	.pause = tee_pause,
	.ready = tee_ready,
	.clock_set = tee_clock_set,
	.signal = tee_signal,
	.hurry = tee_hurry,
	.close = tee_close,
};

void skw_tee_add(struct skw_tee *tee, struct skw_sink sink)
{
	tee->sinks[tee->len++] = sink;
}

struct skw_sink skw_tee_sink(struct skw_tee *tee)
{
	return (struct skw_sink){ &tee_ops, tee };
}
