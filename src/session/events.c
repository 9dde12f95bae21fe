// SPDX-License-Identifier: BSD-2-Clause
#include "session/events.h"

#include <errno.h>
#include <inttypes.h>

#include "abi/conn.h"
#include "loop/loop.h"
#include "replay/replay.h"
#include "session/send/sending.h"
#include "session/tap/row_names.h"
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
	struct skw_sending sending;
	struct skw_watch *watch; /* owned */
	struct skw_row_names names;
	struct skw_named_event named;
};

/* ---- names of remote ends ---- */

static int start_names(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct events *e = ctx;

	skw_row_names_open(&e->names, loop);
	return skw_row_names_set(&e->names, true, err);
}

static void take_packets(void *ctx, const struct skw_packet *run, size_t n)
{
	skw_row_names_packets(&((struct events *)ctx)->names, run, n);
}

static void pause_names(void *ctx)
{
	skw_row_names_pause(&((struct events *)ctx)->names);
}

static const struct skw_event *name_event(void *ctx, const struct skw_event *event)
{
	struct events *e = ctx;

	return skw_row_names_event(&e->names, event, &e->named);
}

static int make_names(struct events *e, struct skw_keeper_table *tables[SKW_TAP_TABLES],
		      struct skw_error *err)
{
	e->names.watch = e->watch;
	e->lines.names = true;
	e->lines.started = start_names;
	e->lines.packets = take_packets;
	e->lines.pause = pause_names;
	e->lines.change = name_event;
	e->lines.ctx = e;
	return skw_row_names_make(&e->names, tables, err);
}

/* ---- this host ---- */

static void report(void *ctx, bool final)
{
	struct events *e = ctx;
	const struct skw_watch_status *status = skw_watch_status(e->watch);

	if (!final)
		skw_watch_count(e->watch);
	skw_say("%" PRIu64 " events %s, %" PRIu64 " seen, %" PRIu64 " lost because a ring was full",
		e->lines.printed, e->lines.out.to ? "taken" : "printed", status->events,
		status->events_lost);
	skw_sending_report(&e->sending, final);
	if (final)
		skw_row_names_report(&e->names);
}

static void free_events(struct events *e)
{
	skw_row_names_free(&e->names);
	skw_watch_free(e->watch);
	skw_sending_free(&e->sending);
}

static int run(const struct skw_events_plan *plan, const struct skw_expr *where,
	       struct skw_error *err)
{
	const struct skw_watch_plan watch = {
		.events = plan->types.mask & ~SKW_EVENT_TYPES_HEALTH,
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
	struct skw_keeper_table *tables[SKW_TAP_TABLES + 1];
	int ret = skw_watch_new(&watch, &e.watch, err);

	skw_sending_make(&e.sending, plan->send, "events");
	e.lines.out.to = skw_sending_to(&e.sending);
	if (!ret && plan->with_names)
		ret = make_names(&e, tables, err);
	if (ret) {
		free_events(&e);
		return ret;
	}

	/* A tap comes before the connections. */
	const struct skw_source sources[] = { skw_row_names_source(&e.names),
					      skw_watch_source(e.watch) };
	const struct skw_loop_plan loop = {
		.sources = sources + !plan->with_names,
		.sources_len = 1 + plan->with_names,
		.tables = tables,
		.tables_len = skw_sending_table(&e.sending, tables,
						plan->with_names ? SKW_TAP_TABLES : 0),
		.sink = skw_sending_sink(&e.sending, skw_event_lines_sink(&e.lines)),
		.folder_fd = skw_watch_folder_fd(e.watch),
		.no_sandbox = plan->no_sandbox,
		.duration_ns = plan->duration_ns,
		.report = report,
		.ctx = &e
	};

	ret = skw_loop_run(&loop, err);
	free_events(&e);
	return ret;
}

static void report_file(void *ctx, bool final)
{
	const struct events *e = ctx;
	const struct skw_event_lines *lines = &e->lines;

	skw_say("%" PRIu64 " events %s, %" PRIu64 " read%s", lines->printed,
		lines->out.to ? "taken" : "printed", lines->read,
		lines->read ? "" : " (only pcapng files of skwatch have events)");
	if (lines->refused)
		skw_say("%" PRIu64 " damaged journal entr%s left out", lines->refused,
			lines->refused == 1 ? "y was" : "ies were");
	skw_sending_report(&e->sending, final);
}

/* The events of files. */
static int run_files(const struct skw_events_plan *plan, const struct skw_expr *where,
		     struct skw_error *err)
{
	const struct skw_replay_plan replay = { .files = plan->read_files,
						.files_len = plan->read_files_len,
						.filter = "",
						.snaplen = UINT32_MAX,
						.blocks = true };
	struct events e = { .lines = { .types = &plan->types,
				       .where = where,
				       .count = plan->count,
				       .json = plan->json,
				       .recorded = true } };
	struct skw_keeper_table *tables[1];
	struct skw_replay *r;

	if (skw_replay_new(&replay, &r))
		return skw_error_set(err, -ENOMEM, "out of memory");
	skw_sending_make(&e.sending, plan->send, "events");
	e.sending.send.is_patient = true;
	e.lines.out.to = skw_sending_to(&e.sending);
	if (e.lines.out.to)
		e.lines.host = plan->host;
	const struct skw_source source = skw_replay_source(r);
	const struct skw_loop_plan loop = { .sources = &source,
					    .sources_len = 1,
					    .tables = tables,
					    .tables_len = skw_sending_table(&e.sending, tables, 0),
					    .sink = skw_sending_sink(
						    &e.sending, skw_event_lines_sink(&e.lines)),
					    .no_sandbox = plan->no_sandbox,
					    .report = report_file,
					    .ctx = &e };
	int ret = skw_loop_run(&loop, err);

	skw_sending_free(&e.sending);
	skw_replay_free(r);
	return ret;
}

int skw_session_events(const struct skw_events_plan *plan, struct skw_error *err)
{
	struct skw_expr *where = NULL;
	int ret =
		plan->where ? skw_choice_expr("--where", plan->where, plan->names, &where, err) : 0;

	if (!ret)
		ret = plan->read_files_len ? run_files(plan, where, err) : run(plan, where, err);
	skw_expr_free(where);
	return ret;
}
