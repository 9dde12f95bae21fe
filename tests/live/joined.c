// SPDX-License-Identifier: BSD-2-Clause
/*
 * Captures packets and watches connections in one session: one loop, one split. Says `ready` after
 * the first sweep, ends at SIGTERM, and prints figures of what came, a name and a number a line.
 *
 *	joined INTERFACE
 */
#include <inttypes.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/packet.h"
#include "capture/capture.h"
#include "loop/loop.h"
#include "table/table.h"
#include "util/clock.h"
#include "watch/watch.h"

#define SWEEP_NS  (200 * SKW_NS_PER_MS)
#define CLOSED_NS SKW_NS_PER_S

struct joined {
	struct skw_capture *capture;
	struct skw_watch *watch;
	const struct skw_loop_clock *clock;
	uint64_t packets, events, sweeps;
	uint64_t rows;     /* TCP rows of the largest sweep */
	uint64_t disorder; /* things handed on that are older than the one before */
	uint64_t switches; /* from packets to events and back */
	uint64_t last_ns;
	uint64_t longest_wait_ns; /* from a packet's time until it was handed on */
	uint64_t children;
	bool last_was_event;
};

static void note(struct joined *j, uint64_t ts_ns, bool is_event)
{
	j->disorder += ts_ns < j->last_ns;
	j->switches += is_event != j->last_was_event;
	j->last_ns = ts_ns;
	j->last_was_event = is_event;
}

/* The processes that this one has forked: the keeper is to be the only one. */
static uint64_t count_children(void)
{
	FILE *file = fopen("/proc/thread-self/children", "re");
	uint64_t n = 0;
	int pid;

	if (!file)
		return UINT64_MAX;
	while (fscanf(file, "%d", &pid) == 1)
		n++;
	fclose(file);
	return n;
}

static int open_sink(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct joined *j = ctx;

	(void)err;
	j->clock = skw_loop_clock(loop);
	j->children = count_children();
	return 0;
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	struct joined *j = ctx;
	uint64_t now_ns = skw_clock_monotonic_ns();

	(void)wait;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		uint64_t ts_ns = run[i].ts_ns - (uint64_t)j->clock->offset_ns;

		note(j, ts_ns, false);
		if (now_ns - ts_ns > j->longest_wait_ns)
			j->longest_wait_ns = now_ns - ts_ns;
	}
	j->packets += n;
	return (int)n;
}

static int take_event(void *ctx, const struct skw_event *event, struct skw_error *err)
{
	struct joined *j = ctx;

	(void)err;
	note(j, event->ts_ns, true);
	j->events++;
	return 0;
}

static int take_tick(void *ctx, const struct skw_table *table,
		     const struct skw_watch_status *status, struct skw_error *err)
{
	struct joined *j = ctx;
	uint64_t rows = skw_table_totals(table)->rows;

	(void)status;
	(void)err;
	if (j->sweeps++ == 0) {
		puts("ready");
		fflush(stdout);
	}
	if (rows > j->rows)
		j->rows = rows;
	return 0;
}

static const struct skw_sink_ops ops = {
	.open = open_sink,
	.packets = take_packets,
	.event = take_event,
	.tick = take_tick,
};

static void report(void *ctx, bool final)
{
	const struct joined *j = ctx;
	const struct skw_watch_status *status = skw_watch_status(j->watch);
	struct skw_iface_stats stats = { 0 };

	(void) final;
	skw_capture_totals(j->capture, &stats);
	printf("packets %" PRIu64 "\nevents %" PRIu64 "\nsweeps %" PRIu64 "\nrows %" PRIu64
	       "\ndisorder %" PRIu64 "\nswitches %" PRIu64 "\nchildren %" PRIu64 "\n",
	       j->packets, j->events, j->sweeps, j->rows, j->disorder, j->switches, j->children);
	printf("seen %" PRIu64 "\ncaptured %" PRIu64 "\ndropped %" PRIu64 "\nlost %" PRIu64
	       "\nlongest_wait_us %" PRIu64 "\n",
	       stats.seen, stats.captured, stats.dropped, status->events_lost,
	       (uint64_t)(j->longest_wait_ns / SKW_NS_PER_US));
}

int main(int argc, char *argv[])
{
	struct joined j = { 0 };
	struct skw_error err = { 0 };
	const struct skw_capture_plan capture = { .ifaces = { argc > 1 ? argv[1] : NULL },
						  .ifaces_len = 1,
						  .filter = "",
						  .dlt = -1,
						  .snaplen = SKW_SNAPLEN_MAX,
						  .ring_bytes = 64ULL << 20,
						  .wait_ms = 20 };
	const uint32_t events = SKW_EVENT_BIT(SKW_EVENT_CONNECT) |
				SKW_EVENT_BIT(SKW_EVENT_ESTABLISHED) |
				SKW_EVENT_BIT(SKW_EVENT_STATE) | SKW_EVENT_BIT(SKW_EVENT_CLOSE);
	const struct skw_watch_plan watch = { .events = events,
					      .interval_ns = SWEEP_NS,
					      .closed_ns = CLOSED_NS,
					      .netns = "self",
					      .wait_ms = 10 };

	if (argc != 2) {
		fprintf(stderr, "joined INTERFACE\n");
		return 2;
	}
	int ret = skw_capture_new(&capture, &j.capture);
	if (!ret)
		ret = skw_watch_new(&watch, &j.watch, &err);
	if (!ret) {
		const struct skw_source sources[] = { skw_capture_source(j.capture),
						      skw_watch_source(j.watch) };
		const struct skw_sink sink = { &ops, &j };
		const struct skw_loop_plan plan = { .sources = sources,
						    .sources_len = 2,
						    .sink = &sink,
						    /* This program looks into /proc. */
						    .no_sandbox = true,
						    .report = report,
						    .ctx = &j };

		ret = skw_loop_run(&plan, &err);
	}
	if (ret)
		fprintf(stderr, "joined: %s\n", err.text);
	skw_capture_free(j.capture);
	skw_watch_free(j.watch);
	return ret ? 1 : 0;
}
