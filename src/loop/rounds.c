// SPDX-License-Identifier: BSD-2-Clause
/* A round looks for records, merges them by time, works and waits. */
#include "loop/state.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "util/clock.h"

/* The wait while the sink takes no more. Usually its descriptor wakes the loop earlier. */
#define HELD_MS 100
#define EVENTS  32

int skw_loop_packets(struct skw_loop *l, const struct skw_packet *run, size_t n,
		     struct skw_error *err)
{
	const struct skw_sink *sink = l->plan->sink;
	int taken =
		sink->ops->packets ? sink->ops->packets(sink->ctx, run, n, l->waits, err) : (int)n;

	if (taken >= 0 && (size_t)taken < n)
		l->held = true;
	return taken;
}

int skw_loop_block(struct skw_loop *l, const struct skw_raw_block *block, struct skw_error *err)
{
	const struct skw_sink *sink = l->plan->sink;
	int taken = sink->ops->block ? sink->ops->block(sink->ctx, block, l->waits, err) : 1;

	if (taken == 0)
		l->held = true;
	return taken;
}

int skw_loop_event(struct skw_loop *l, const struct skw_event *event, struct skw_error *err)
{
	const struct skw_sink *sink = l->plan->sink;

	return sink->ops->event ? sink->ops->event(sink->ctx, event, err) : 0;
}

int skw_loop_tick(struct skw_loop *l, const struct skw_table *table,
		  const struct skw_watch_status *status, struct skw_error *err)
{
	const struct skw_sink *sink = l->plan->sink;

	return sink->ops->tick ? sink->ops->tick(sink->ctx, table, status, err) : 0;
}

static int look(struct skw_loop *l, uint64_t now_ns, struct skw_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];

		if (s->ops->look)
			ret = s->ops->look(s->ctx, now_ns, err);
	}
	return ret;
}

/*
 * Finds the source with the oldest pending record, and the time up to which it may pass records on:
 * the minimum of the times that `peek` reports for the other sources. NULL: no record may be passed
 * on now.
 */
static const struct skw_source *oldest(const struct skw_loop *l, uint64_t *until_ns)
{
	const struct skw_source *first = NULL;
	uint64_t first_ns = UINT64_MAX;
	bool has = false;

	*until_ns = UINT64_MAX;
	for (size_t i = 0; i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];
		uint64_t ts_ns = UINT64_MAX;
		bool in_sight = s->ops->peek && s->ops->peek(s->ctx, &ts_ns);

		if (!first || ts_ns < first_ns || (ts_ns == first_ns && in_sight && !has)) {
			if (first && first_ns < *until_ns)
				*until_ns = first_ns;
			first = s;
			first_ns = ts_ns;
			has = in_sight;
		} else if (ts_ns < *until_ns) {
			*until_ns = ts_ns;
		}
	}
	return has ? first : NULL;
}

int skw_loop_drain(struct skw_loop *l, uint64_t now_ns, struct skw_error *err)
{
	int ret = look(l, now_ns, err);

	l->held = false;
	while (!ret && !l->enough && !l->held) {
		uint64_t until_ns;
		const struct skw_source *s = oldest(l, &until_ns);

		if (!s)
			break;
		ret = s->ops->take(s->ctx, until_ns, err);
	}
	return ret;
}

/* No more records are pending, so the sink must write what it holds back. */
static int pause_sink(struct skw_loop *l, struct skw_error *err)
{
	const struct skw_sink *sink = l->plan->sink;
	uint64_t until_ns = UINT64_MAX;

	if (!sink->ops->pause)
		return 0;
	/*
	 * A held sink has not received everything up to some time, so there is no time to report.
	 */
	if (l->held)
		return sink->ops->pause(sink->ctx, 0, err);
	for (size_t i = 0; i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];
		uint64_t ts_ns = UINT64_MAX;

		if (s->ops->peek)
			s->ops->peek(s->ctx, &ts_ns);
		if (ts_ns < until_ns)
			until_ns = ts_ns;
	}
	return sink->ops->pause(
		sink->ctx, until_ns == UINT64_MAX ? 0 : skw_loop_real_ns(&l->clock, until_ns), err);
}

int skw_loop_pause(struct skw_loop *l, struct skw_error *err)
{
	const struct skw_sink *sink = l->plan->sink;

	return sink->ops->pause ? sink->ops->pause(sink->ctx, 0, err) : 0;
}

/* Lets each source do a part of its work. Returns 1 if more is left, 0 or -errno. */
static int step(struct skw_loop *l, struct skw_error *err)
{
	int more = 0;

	for (size_t i = 0; !l->stop && i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];
		int ret = s->ops->step ? s->ops->step(s->ctx, err) : 0;

		if (ret < 0)
			return ret;
		more |= ret;
	}
	return more;
}

static int rest_ms(const struct skw_loop *l)
{
	int shortest = l->held ? HELD_MS : -1;

	for (size_t i = 0; !l->held && i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];
		int ms = s->ops->rest ? s->ops->rest(s->ctx) : -1;

		if (ms >= 0 && (shortest < 0 || ms < shortest))
			shortest = ms;
	}
	return shortest;
}

static int wait_and_handle(struct skw_loop *l, int timeout_ms, struct skw_error *err)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(l->epoll_fd, events, EVENTS, timeout_ms);
	int ret = 0;

	if (n < 0 && errno != EINTR)
		return skw_error_set(err, -errno, "epoll: %s", strerror(errno));
	for (int i = 0; !ret && i < n; i++) {
		uint64_t at = events[i].data.u64;

		if (at < l->watchers_len)
			ret = l->watchers[at].handler(l->watchers[at].ctx, err);
		else if (l->taker && at != SKW_LOOP_NO_HANDLER)
			ret = l->taker(l->taker_ctx, events[i].data.ptr, events[i].events, err);
	}
	return ret;
}

int skw_loop_rounds(struct skw_loop *l, struct skw_error *err)
{
	while (!l->stop) {
		int ret = skw_loop_drain(l, skw_clock_monotonic_ns(), err);

		if (!ret && !l->stop)
			ret = pause_sink(l, err);
		int more = ret || l->stop ? 0 : step(l, err);
		if (more < 0)
			ret = more;
		if (!ret && !l->stop)
			ret = wait_and_handle(l, more ? 0 : rest_ms(l), err);
		if (ret)
			return ret;
	}
	return 0;
}
