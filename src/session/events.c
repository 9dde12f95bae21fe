// SPDX-License-Identifier: BSD-2-Clause
#include "session/events.h"

#include <inttypes.h>

#include "abi/conn.h"
#include "loop/loop.h"
#include "sink/event_lines.h"
#include "util/clock.h"
#include "util/say.h"
#include "view/choice.h"
#include "watch/watch.h"

/* Sweeps only update owners and namespaces, so they are rare. Everything else comes with events. */
#define SWEEP_NS  (10 * SKW_NS_PER_S)
#define CLOSED_NS SKW_NS_PER_S
#define WAIT_MS   10

/*
 * The table needs these events, even if they are not printed, to know a connection when it closes.
 */
#define TABLE_EVENTS                                                                               \
	(SKW_EVENT_BIT(SKW_EVENT_CREATOR) | SKW_EVENT_BIT(SKW_EVENT_CLOSER) |                      \
	 SKW_EVENT_BIT(SKW_EVENT_ESTABLISHED) | SKW_EVENT_BIT(SKW_EVENT_LISTEN) |                  \
	 SKW_EVENT_BIT(SKW_EVENT_CLOSE))

struct events {
	struct skw_event_lines lines;
	struct skw_watch *watch; /* owned */
};

static void report(void *ctx, bool final)
{
	const struct events *e = ctx;
	const struct skw_watch_status *status = skw_watch_status(e->watch);

	if (!final)
		skw_watch_count(e->watch);
	skw_say("%" PRIu64 " events printed, %" PRIu64 " seen, %" PRIu64
		" lost because a ring was full",
		e->lines.printed, status->events, status->events_lost);
}

static int run(const struct skw_events_plan *plan, const struct skw_expr *where,
	       struct skw_error *err)
{
	const struct skw_watch_plan watch = {
		.events = plan->types.mask,
		.table_events = TABLE_EVENTS,
		.interval_ns = SWEEP_NS,
		.closed_ns = CLOSED_NS,
		.netns = plan->netns,
		.cgroup = plan->cgroup,
		.ring_bytes = plan->ring_bytes,
		.wait_ms = WAIT_MS,
	};
	struct events e = { .lines = { .types = &plan->types,
				       .where = where,
				       .count = plan->count,
				       .host = plan->host,
				       .json = plan->json } };
	const struct skw_sink sink = skw_event_lines_sink(&e.lines);
	int ret = skw_watch_new(&watch, &e.watch, err);

	if (ret)
		return ret;

	const struct skw_source source = skw_watch_source(e.watch);
	const struct skw_loop_plan loop = { .sources = &source,
					    .sources_len = 1,
					    .sink = &sink,
					    .folder_fd = skw_watch_folder_fd(e.watch),
					    .no_sandbox = plan->no_sandbox,
					    .duration_ns = plan->duration_ns,
					    .report = report,
					    .ctx = &e };

	ret = skw_loop_run(&loop, err);
	skw_watch_free(e.watch);
	return ret;
}

int skw_session_events(const struct skw_events_plan *plan, struct skw_error *err)
{
	struct skw_expr *where = NULL;
	int ret =
		plan->where ? skw_choice_expr("--where", plan->where, plan->names, &where, err) : 0;

	if (!ret)
		ret = run(plan, where, err);
	skw_expr_free(where);
	return ret;
}
