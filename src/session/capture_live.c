// SPDX-License-Identifier: BSD-2-Clause
#include "session/capture.h"

#include <errno.h>

#include "capture/capture.h"
#include "capture/show.h"
#include "filter/sets/classic.h"
#include "loop/loop.h"
#include "run/run.h"
#include "session/flight_report.h"
#include "session/outputs.h"
#include "session/owners.h"
#include "session/show.h"
#include "sink/figures.h"
#include "util/cleanup.h"
#include "util/units.h"

struct live {
	struct skw_capture_plan plan;
	struct skw_capture *capture; /* owned */
	struct skw_run *run;         /* owned; NULL: no command */
	struct skw_outputs outputs;
	struct skw_owners_session owners;
	struct skw_health_session health;
	struct skw_sink sink; /* with health: in front of the outputs */
};

static uint64_t dropped(void *ctx)
{
	struct skw_iface_stats sum;

	skw_capture_totals(ctx, &sum);
	return sum.dropped;
}

static void report(void *ctx, bool final)
{
	const struct live *l = ctx;
	struct skw_iface_stats sum;

	if (l->outputs.plan->capture.quiet)
		return;
	if (final)
		skw_outputs_print_count(&l->outputs);
	skw_capture_totals(l->capture, &sum);

	struct skw_figures figures = { .seen = sum.seen,
				       .rejected = sum.seen - sum.matched,
				       .captured = sum.captured,
				       .dropped = sum.dropped,
				       .truncated = sum.truncated };

	if (l->health.health) {
		figures.chooses = true;
		figures.left_out = l->health.left_out;
		figures.captured -= l->health.left_out;
	}
	/* For a summary, packets are cut on purpose. */
	if (l->outputs.plan->summary && !l->outputs.plan->file.name)
		figures.truncated = 0;
	/* Before the end, packets in the rings are not left over: they will still be taken. */
	if (final) {
		figures.left_over = figures.captured - l->outputs.tee.packets;
		figures.captured = l->outputs.tee.packets;
		figures.not_written = skw_outputs_lost(&l->outputs);
	}
	skw_figures_print(&figures);
	if (l->health.health)
		skw_health_session_report(&l->health);
	if (l->outputs.flight.plan)
		skw_flight_report(&l->outputs.flight);
	if (l->outputs.recorder)
		skw_owners_session_report(&l->owners, skw_recorder_journal(l->outputs.recorder),
					  final);
}

static uint64_t open_connections(void *ctx)
{
	return skw_capture_open_connections(((const struct live *)ctx)->capture);
}

static bool takes_signal(void *ctx, int signo, bool from_kernel)
{
	struct live *l = ctx;

	return l->run && skw_run_takes_signal(l->run, signo, from_kernel);
}

static void put_health(struct live *l, const struct skw_session_plan *plan,
		       struct skw_loop_plan *loop)
{
	l->health.inner = l->outputs.sink;
	l->health.lines = plan->lines ? &l->outputs.lines : NULL;
	l->sink = skw_health_session_sink(&l->health);
	loop->sink = &l->sink;
}

static int run_loop(struct live *l, const struct skw_session_plan *plan, struct skw_error *err)
{
	const struct skw_outputs_source source = { .kind = skw_capture_kind(l->capture),
						   .iface = skw_capture_iface,
						   .stats = skw_capture_iface_stats,
						   .dropped = dropped,
						   .is_pressed = skw_capture_is_pressed,
						   .ctx = l->capture };
	/*
	 * The packets come first: their sockets are open, and their rings take packets, while the
	 * other source is prepared.
	 */
	struct skw_source sources[SKW_OUTPUTS_SOURCES] = { skw_capture_source(l->capture) };
	size_t sources_len = 1;
	struct skw_loop_plan loop = {
		.tells_clock = true, .takes_signal = takes_signal, .report = report, .ctx = l
	};
	int ret = skw_outputs_make(&l->outputs, plan, &source, err);

	if (!ret && plan->where.text)
		ret = skw_health_session_make(&l->health, plan, err);
	if (!ret)
		ret = skw_owners_session_make(&l->owners, plan, &l->outputs.tee,
					      plan->where.text ? &l->health : NULL, err);
	l->owners.is_pressed = skw_capture_is_pressed;
	l->owners.pressed = l->capture;
	l->owners.last = plan->summary ? skw_summary_tell : NULL;
	l->owners.last_ctx = &l->outputs.summary;
	if (l->owners.watch)
		sources[sources_len++] = skw_owners_session_source(&l->owners);
	if (l->run)
		sources[sources_len++] = skw_run_source(l->run);
	if (!ret) {
		loop.folder_fd = skw_owners_session_folder(&l->owners);
		skw_outputs_plan(&l->outputs, sources, sources_len, &loop);
		if (plan->where.text)
			put_health(l, plan, &loop);
		ret = skw_loop_run(&loop, err);
	}
	/* The reader of a pipe ends the session by going away. */
	if (ret && plan->file.may_leave && skw_recorder_was_left(l->outputs.recorder))
		ret = 0;
	skw_outputs_free(&l->outputs);
	skw_owners_session_free(&l->owners);
	skw_health_session_free(&l->health);
	return ret;
}

int skw_session_capture_live(const struct skw_session_plan *plan, struct skw_error *err)
{
	struct live l = { .plan = plan->capture };
	const struct skw_run_options command = { .argv = plan->command,
						 .open_connections = open_connections,
						 .ctx = &l };
	int ret = plan->command ? skw_run_new(&command, &l.run, err) : 0;

	if (l.run)
		l.plan.owners.group_fd = skw_run_group_fd(l.run);
	/* Packets that get owners wait for events. */
	if (skw_owners_session_joins(plan))
		l.plan.young_ms = SKW_OWNERS_SESSION_LEAD_MS / 2;
	if (!ret && skw_capture_new(&l.plan, &l.capture))
		ret = skw_error_set(err, -ENOMEM, "out of memory");
	if (!ret)
		ret = run_loop(&l, plan, err);
	skw_capture_free(l.capture);
	int status = skw_run_finish(l.run);
	if (!ret)
		err->status = status;
	return ret;
}

int skw_session_capture_numbers(struct skw_session_plan *plan, struct skw_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < plan->capture.ifaces_len; i++) {
		uint64_t number;

		if (!skw_units_parse_uint(plan->capture.ifaces[i], &number))
			continue;
		ret = skw_show_name_of(plan->capture.ifaces[i], number, plan->numbered[i], err);
		plan->capture.ifaces[i] = plan->numbered[i];
	}
	return ret;
}

int skw_session_capture_time_stamp_types(const struct skw_session_plan *plan, struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	int ret = skw_show_time_stamp_types(&plan->capture, &text, err);

	if (!ret)
		return skw_session_show_text(&text, err);
	skw_buf_free(&text);
	return ret;
}

int skw_session_capture_interfaces(struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	int ret = skw_show_interfaces(&text, err);

	if (!ret)
		return skw_session_show_text(&text, err);
	skw_buf_free(&text);
	return ret;
}

int skw_session_capture_link_types(const struct skw_session_plan *plan, struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	int ret = skw_show_link_types(&plan->capture, &text, err);

	if (!ret)
		return skw_session_show_text(&text, err);
	skw_buf_free(&text);
	return ret;
}

int skw_session_capture_filter(const struct skw_session_plan *plan, struct skw_error *err)
{
	SKW_CLEANUP(skw_classic_free) struct skw_cbpf program = { .insns = NULL };
	struct skw_capture_plan capture = plan->capture;

	capture.classic = skw_session_show_is_classic(plan);
	int ret = skw_show_compile(&capture, &program, err);
	return ret ? ret : skw_session_show_program(plan, &program, err);
}
