// SPDX-License-Identifier: BSD-2-Clause
#include "session/messages/messages_live.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"
#include "loop/loop.h"
#include "run/run.h"
#include "session/messages/messages_report.h"
#include "session/outputs.h"
#include "session/owners.h"
#include "session/send/sending.h"
#include "sink/message_comments.h"
#include "sink/record/record_format.h"
#include "util/say.h"

struct live_messages {
	struct skw_session_plan plan; /* as far as the join needs one */
	struct skw_capture *capture;  /* owned */
	struct skw_run *run;          /* owned; NULL: no command */
	struct skw_owners_session owners;
	struct skw_outputs outputs; /* with the tee that gives packets their owners */
	struct skw_message_lines *lines;
	struct skw_message_comments comments;   /* where a file is written */
	struct skw_messages_live_screen screen; /* its `to` is NULL: there is none */
	struct skw_sending sending;
	struct skw_keeper_table *tables[3];
};

static void report_file(const struct live_messages *l, bool final)
{
	uint64_t lost = final ? skw_outputs_lost(&l->outputs) : 0;

	if (lost)
		skw_say("%" PRIu64 " packets are not in the file", lost);
	if (l->comments.without_packet)
		skw_say("%" PRIu64 " slow or failed messages have no note in the file, as no "
			"packet ended them",
			l->comments.without_packet);
	if (l->comments.left_out)
		skw_say("%" PRIu64 " comments and notes found no room beside others of their "
			"packet",
			l->comments.left_out);
	skw_owners_session_report(&l->owners, skw_recorder_journal(l->outputs.recorder), final);
}

static void report(void *ctx, bool final)
{
	const struct live_messages *l = ctx;
	struct skw_iface_stats sum;

	skw_messages_report(l->lines);
	skw_capture_totals(l->capture, &sum);
	skw_say("%" PRIu64 " packets captured, %" PRIu64 " lost because a ring was full",
		sum.captured, sum.dropped);
	if (l->outputs.recorder)
		report_file(l, final);
	skw_sending_report(&l->sending, final);
}

static uint64_t open_connections(void *ctx)
{
	return skw_capture_open_connections(((const struct live_messages *)ctx)->capture);
}

static bool takes_signal(void *ctx, int signo, bool from_kernel)
{
	struct live_messages *l = ctx;

	return l->run && skw_run_takes_signal(l->run, signo, from_kernel);
}

static uint64_t lost(void *ctx)
{
	struct skw_iface_stats sum;

	skw_capture_totals(((const struct live_messages *)ctx)->capture, &sum);
	return sum.dropped;
}

/* The keeper stops the job for the screen, or connects, beside what it does for the file. */
static void plan_tables(struct live_messages *l, struct skw_loop_plan *loop)
{
	size_t n = 0;

	for (; n < loop->tables_len; n++)
		l->tables[n] = loop->tables[n];
	n = skw_sending_table(&l->sending, l->tables, n);
	if (l->screen.to)
		l->tables[n++] = &l->screen.terminal.table;
	loop->tables = l->tables;
	loop->tables_len = n;
	loop->has_screen = loop->terminal = l->screen.to != NULL;
}

/* The packets are completed by their owners first, then by their messages. */
static int make_sinks(struct live_messages *l, const struct skw_outputs_source *source,
		      struct skw_error *err)
{
	struct skw_tee *tee = &l->outputs.tee;
	int ret = skw_outputs_make(&l->outputs, &l->plan, source, err);

	if (!ret)
		ret = skw_owners_session_make(&l->owners, &l->plan, tee, NULL, err);
	l->owners.is_pressed = skw_capture_is_pressed;
	l->owners.pressed = l->capture;
	/* Without the right to see processes, messages have no owners, and that is said. */
	l->owners.wanted = false;
	if (!ret && l->outputs.recorder) {
		l->comments.tee = tee;
		l->comments.lines = l->lines;
		skw_message_comments_begin(&l->comments);
	}
	/* The tee closes its last sink first, so the sender gets the last lines. */
	if (l->sending.send.plan)
		skw_tee_add(tee, skw_send_sink(&l->sending.send));
	skw_tee_add(tee, skw_message_lines_sink(l->lines));
	if (l->screen.to)
		skw_tee_add(tee, skw_messages_live_screen_sink(&l->screen));
	return ret;
}

static int run_loop(struct live_messages *l, struct skw_error *err)
{
	const struct skw_outputs_source source = { .kind = skw_capture_kind(l->capture),
						   .iface = skw_capture_iface,
						   .stats = skw_capture_iface_stats,
						   .is_pressed = skw_capture_is_pressed,
						   .ctx = l->capture };
	struct skw_source sources[SKW_OUTPUTS_SOURCES] = { skw_capture_source(l->capture) };
	struct skw_loop_plan loop = {
		.tells_clock = true, .takes_signal = takes_signal, .report = report, .ctx = l
	};
	size_t sources_len = 1;
	int ret = make_sinks(l, &source, err);

	if (l->owners.watch)
		sources[sources_len++] = skw_owners_session_source(&l->owners);
	if (l->run)
		sources[sources_len++] = skw_run_source(l->run);
	loop.folder_fd = skw_owners_session_folder(&l->owners);
	skw_outputs_plan(&l->outputs, sources, sources_len, &loop);
	plan_tables(l, &loop);
	if (!ret)
		ret = skw_loop_run(&loop, err);
	skw_outputs_free(&l->outputs);
	skw_owners_session_free(&l->owners);
	return ret;
}

/* The plan of the file, by the rules of a capture. */
static int plan_file(struct skw_session_plan *plan, const char *name, struct skw_error *err)
{
	int ret;

	plan->file.name = name;
	plan->file.nano = true;
	skw_record_format_by_name(&plan->file);
	ret = strcmp(name, "-") == 0
		      ? skw_error_usage(err, "-w -: lines go to standard output; give a file")
		      : 0;
	if (!ret && plan->file.format != SKW_FILE_PCAPNG)
		ret = skw_error_usage(err,
				      "-w %s: only a pcapng file has a place for comments; write a "
				      ".pcapng file",
				      name);
	if (!ret)
		ret = skw_session_plan_check(plan, err);
	return ret ? ret : skw_session_plan_check_files(plan, err);
}

int skw_messages_live(const struct skw_messages_plan *plan, struct skw_message_lines *lines,
		      struct skw_error *err)
{
	struct live_messages *l = calloc(1, sizeof(*l));
	const struct skw_run_options command = { .argv = plan->command,
						 .open_connections = open_connections,
						 .ctx = l };
	int ret = 0;

	if (!l)
		return skw_error_set(err, -ENOMEM, "out of memory");
	l->plan = (struct skw_session_plan){ .capture = plan->capture,
					     .duration_ns = plan->duration_ns,
					     .no_sandbox = plan->no_sandbox,
					     .command = plan->command,
					     .owner = !plan->no_owner,
					     .no_owner = plan->no_owner };
	l->lines = lines;
	skw_sending_make(&l->sending, plan->send, "messages");
	l->sending.send.with_host = true;
	lines->out.to = skw_sending_to(&l->sending);
	l->comments.slow_ns = plan->slow_ns;
	lines->live = true;
	l->screen = (struct skw_messages_live_screen){ .to = plan->screen,
						       .lines = lines,
						       .lost = lost,
						       .ctx = l,
						       .interval_ns = plan->interval_ns };
	if (plan->screen) {
		/* Notices would be written across the screen. */
		l->plan.capture.quiet = true;
		skw_messages_live_screen_begin(&l->screen);
	}
	if (plan->write)
		ret = plan_file(&l->plan, plan->write, err);
	if (!plan->no_owner)
		l->plan.capture.young_ms = SKW_OWNERS_SESSION_LEAD_MS / 2;
	if (!ret && plan->command)
		ret = skw_run_new(&command, &l->run, err);
	if (l->run)
		l->plan.capture.owners.group_fd = skw_run_group_fd(l->run);
	if (!ret && skw_capture_new(&l->plan.capture, &l->capture))
		ret = skw_error_set(err, -ENOMEM, "out of memory");
	if (!ret)
		ret = run_loop(l, err);
	skw_capture_free(l->capture);
	int status = skw_run_finish(l->run);

	if (!ret)
		err->status = status;
	skw_sending_free(&l->sending);
	skw_session_plan_free(&l->plan);
	free(l);
	return ret;
}
