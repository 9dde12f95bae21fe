// SPDX-License-Identifier: BSD-2-Clause
#include "sink/events.h"

#include <inttypes.h>

#include "expr/expr.h"
#include "format/format.h"
#include "util/buf.h"
#include "util/clock.h"
#include "util/say.h"
#include "view/choice.h"
#include "watch/watch.h"

/* Sweeps only keep owners and namespaces known; events tell the rest. */
#define SWEEP_NS  (10 * SKW_NS_PER_S)
#define CLOSED_NS SKW_NS_PER_S
#define EVENTS_MS 10

/* What the table needs to know of a connection by the time of its close. */
#define TABLE_EVENTS                                                                               \
	(SKW_EVENT_BIT(SKW_EVENT_CREATOR) | SKW_EVENT_BIT(SKW_EVENT_ESTABLISHED) |                 \
	 SKW_EVENT_BIT(SKW_EVENT_LISTEN) | SKW_EVENT_BIT(SKW_EVENT_CLOSE))

struct event_lines {
	const struct skw_event_lines_plan *plan;
	struct skw_expr *where; /* owned; NULL: all */
	struct skw_watch *watch;
	struct skw_buf text;
	uint64_t printed;
	bool announced;
};

static int start(void *ctx, struct skw_watch *w, struct skw_error *err)
{
	(void)err;
	((struct event_lines *)ctx)->watch = w;
	return 0;
}

static int add_event(void *ctx, const struct skw_event *event, int64_t offset_ns,
		     struct skw_error *err)
{
	struct event_lines *e = ctx;
	const struct skw_format_env env = { .offset_ns = offset_ns };

	(void)err;
	/* What is left in the rings at the end comes here as well. */
	if (e->plan->count && e->printed == e->plan->count)
		return 1;
	if (!skw_event_types_wanted(&e->plan->types, event) ||
	    (e->where && !skw_expr_matches(e->where, event->row)))
		return 0;
	if (e->plan->json)
		skw_format_event_json(&e->text, event, &env);
	else
		skw_format_event_line(&e->text, event, &env);
	e->printed++;
	return e->printed == e->plan->count;
}

static int flush(void *ctx, struct skw_error *err)
{
	struct event_lines *e = ctx;

	return skw_watch_print(e->watch, &e->text, err);
}

/* After the first sweep older connections have callbacks as well. */
static int announce(void *ctx, struct skw_table *table, const struct skw_watch_status *status,
		    struct skw_error *err)
{
	struct event_lines *e = ctx;
	size_t rows = skw_table_totals(table)->rows;

	(void)err;
	if (e->announced)
		return 0;
	e->announced = true;
	skw_say("watching %zu connection%s in %" PRIu32 " network namespace%s", rows,
		rows == 1 ? "" : "s", status->netns, status->netns == 1 ? "" : "s");
	return 0;
}

static int tell_figures(void *ctx, const struct skw_watch_status *status, struct skw_error *err)
{
	struct event_lines *e = ctx;

	(void)err;
	skw_say("%" PRIu64 " events printed, %" PRIu64 " seen, %" PRIu64
		" lost because a ring was full",
		e->printed, status->events, status->events_lost);
	return 0;
}

int skw_event_lines_run(const struct skw_event_lines_plan *plan, struct skw_error *err)
{
	struct event_lines e = { .plan = plan };
	const struct skw_watch_plan watch = {
		.events = plan->types.mask,
		.table_events = TABLE_EVENTS,
		.interval_ns = SWEEP_NS,
		.closed_ns = CLOSED_NS,
		.duration_ns = plan->duration_ns,
		.netns = plan->netns,
		.cgroup = plan->cgroup,
		.ring_bytes = plan->ring_bytes,
		.events_ms = EVENTS_MS,
	};
	const struct skw_watch_hooks hooks = { .ctx = &e,
					       .start = start,
					       .event = add_event,
					       .pause = flush,
					       .tick = announce,
					       .end = tell_figures,
					       .input_fd = -1 };
	int ret = plan->where ? skw_choice_expr("--where", plan->where, &e.where, err) : 0;

	if (!ret)
		ret = skw_watch_run(&watch, &hooks, err);
	skw_expr_free(e.where);
	skw_buf_free(&e.text);
	return ret;
}
