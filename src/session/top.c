// SPDX-License-Identifier: BSD-2-Clause
#include "session/top.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "loop/loop.h"
#include "replay/replay.h"
#include "session/act/top_kill.h"
#include "session/pick.h"
#include "session/tap/row_taps.h"
#include "sink/recording.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "verbs/process.h"
#include "verbs/terminal.h"
#include "watch/watch.h"

/* Rows as lines, with what the user wants of packets. */
struct lines {
	struct skw_row_taps taps;
	bool messages, names;
};

static int start_taps(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct lines *l = ctx;

	skw_row_taps_open(&l->taps, loop);
	int ret = skw_row_messages_set(&l->taps.messages, l->messages, err);

	return ret ? ret : skw_row_names_set(&l->taps.names, l->names, err);
}

static void take_tapped(void *ctx, const struct skw_packet *run, size_t n)
{
	skw_row_taps_packets(&((struct lines *)ctx)->taps, run, n);
}

static void pause_taps(void *ctx, uint64_t until_ns)
{
	skw_row_taps_pause(&((struct lines *)ctx)->taps, until_ns);
}

static void tick_taps(void *ctx)
{
	skw_row_taps_tick(&((struct lines *)ctx)->taps);
}

static int begin_taps(struct lines *l, struct skw_watch *w, struct skw_rows *rows,
		      struct skw_error *err)
{
	skw_row_taps_set_watch(&l->taps, w);
	rows->messages = l->messages;
	rows->started = start_taps;
	rows->packets = take_tapped;
	rows->pause = pause_taps;
	rows->tick = tick_taps;
	rows->ctx = l;
	return skw_row_taps_make(&l->taps, NULL, NULL, err);
}

int skw_session_top_rows(const struct skw_top_plan *plan, struct skw_error *err)
{
	struct skw_rows rows = { .view_options = plan->view,
				 .format = plan->format,
				 .host = plan->host,
				 .iterations = plan->iterations };
	const struct skw_sink sink = skw_rows_sink(&rows);
	struct skw_watch_plan watch = plan->watch;
	struct lines lines = { .messages = plan->messages, .names = plan->names };
	bool taps = plan->messages || plan->names;
	struct skw_source sources[1 + SKW_ROW_TAPS];
	struct skw_watch *w = NULL;

	watch.counts = plan->view->datagrams ? SKW_COUNTS_NOW : SKW_COUNTS_NEVER;
	int ret = skw_watch_new(&watch, &w, err);

	if (!ret && taps)
		ret = begin_taps(&lines, w, &rows, err);
	if (ret) {
		skw_row_taps_free(&lines.taps);
		skw_watch_free(w);
		return ret;
	}
	skw_row_taps_sources(&lines.taps, sources);
	sources[SKW_ROW_TAPS] = skw_watch_source(w);

	const struct skw_loop_plan loop = {
		.sources = taps ? sources : &sources[SKW_ROW_TAPS],
		.sources_len = taps ? SKW_ARRAY_SIZE(sources) : 1,
		.tables = lines.taps.tables,
		.tables_len = taps ? SKW_ROW_TAPS_TABLES : 0,
		.sink = &sink,
		.folder_fd = skw_watch_folder_fd(w),
		.no_sandbox = plan->watch.no_sandbox,
	};

	ret = skw_loop_run(&loop, err);
	const struct skw_watch_status *status = skw_watch_status(w);
	if (!ret && status->incomplete)
		ret = skw_error_set(err, status->trouble_error,
				    "%" PRIu64 " of the sweeps could not read all: %s: %s",
				    status->incomplete, status->trouble,
				    skw_error_why(status->trouble_error));
	skw_row_taps_report(&lines.taps);
	skw_row_taps_free(&lines.taps);
	skw_watch_free(w);
	return ret;
}

/* A sink that draws the screen, and applies the user's wishes to the watch. */
struct screen {
	const struct skw_top_screen *to;
	struct skw_top_host host;
	struct skw_verbs_terminal terminal;
	struct skw_watch *watch; /* borrowed; NULL: a recording is shown */
	struct skw_recording recording;
	struct skw_loop *loop;           /* borrowed */
	struct skw_keeper_table process; /* the verb that describes one */
	struct skw_pick_session pick;    /* not for a recording */
	struct skw_top_kill kill;        /* likewise */
	struct skw_row_taps taps;        /* likewise */
	bool begins_with_messages, begins_with_names;
	bool messages, names; /* the last wish to see them */
	uint32_t holder;      /* the process that the screen wants to know about; 0: none */
	bool datagrams;       /* the last wish to count them */
	uint64_t iterations, drawn;
};

/* A process may run another program later, so this is asked again for each drawing. */
static void tell_holder(struct screen *s)
{
	struct skw_process process;

	if (s->holder)
		s->to->tell(s->to->ctx,
			    skw_verbs_process_read(&s->process, skw_loop_keeper(s->loop), s->holder,
						   &process)
				    ? NULL
				    : &process);
}

/* A recording has no processes that still run, and its pace takes the place of the interval. */
static void steer(struct screen *s, struct skw_top_wish *wish)
{
	double speed = (double)SKW_NS_PER_S / (double)wish->interval_ns * SKW_RECORDING_SPEED;

	wish->holder = 0;
	skw_recording_follow(&s->recording, wish->follow);
	skw_recording_steer(&s->recording, wish->paused, speed < 1 ? 1 : (uint32_t)speed,
			    wish->next_event   ? SKW_RECORDING_NEXT_EVENT
			    : wish->next_sweep ? SKW_RECORDING_NEXT_SWEEP
					       : SKW_RECORDING_NO_JUMP);
}

/* Returns whether there is something to say. A failure is told once for each wish. */
static bool count_datagrams(struct screen *s, bool on)
{
	char text[200];
	int ret = 0;

	if (on == s->datagrams)
		return false;
	s->datagrams = on;
	ret = skw_watch_count_datagrams(s->watch, on);
	if (!ret)
		return false;
	snprintf(text, sizeof(text), "Datagrams can't be counted: %s",
		 ret == -EBUSY ? "the program of another allows none beside it (see bpftool cgroup "
				 "tree)."
		 : ret == -EOPNOTSUPP ? "this kernel refuses the programs."
				      : strerror(-ret));
	s->to->say(s->to->ctx, text);
	return true;
}

/* The same for messages and names. */
static bool see_taps(struct screen *s, bool messages, bool names)
{
	struct skw_error err = { 0 };
	int ret = 0, names_ret = 0;

	if (names != s->names)
		names_ret = skw_row_names_set(&s->taps.names, names, &err);
	if (messages != s->messages)
		ret = skw_row_messages_set(&s->taps.messages, messages, &err);
	s->messages = messages;
	s->names = names;
	if (ret || names_ret)
		s->to->say(s->to->ctx, err.text);
	return ret || names_ret;
}

/* Returns whether the screen must be drawn again at once. */
static bool act(struct screen *s, const struct skw_top_wish *wish)
{
	bool other = wish->holder != s->holder, told = count_datagrams(s, wish->datagrams);

	told |= see_taps(s, wish->messages, wish->names);
	s->pick.tail = wish->tail;
	if (wish->begins_capture)
		skw_pick_session_begin(&s->pick, &wish->pick);
	if (wish->ends_capture)
		skw_pick_session_end(&s->pick);
	if (wish->kill_len)
		skw_top_kill_ask(&s->kill, skw_loop_keeper(s->loop), skw_watch_table(s->watch),
				 wish->kill, wish->kill_len);
	if (wish->kill_len && !s->kill.asks)
		s->to->answered(s->to->ctx);
	/* The detail of another connection is drawn again with what its holder is. */
	s->holder = wish->holder;
	if (other)
		tell_holder(s);
	return told || wish->begins_capture || wish->kill_len || (other && s->holder);
}

/* To draw again reads the keys that were typed meanwhile, and they count as the others do. */
static int handle(struct screen *s, int signal, struct skw_error *err)
{
	struct skw_top_wish wish = { 0 };
	bool again = true;
	int ret = 0;

	while (!ret && again) {
		ret = s->to->input(s->to->ctx, signal, &wish, err);
		again = !ret && s->watch && act(s, &wish);
		signal = 0;
	}
	if (!ret && s->watch)
		ret = skw_watch_set_interval(s->watch, wish.interval_ns, err);
	if (ret)
		return ret;
	if (s->watch) {
		skw_watch_set_paused(s->watch, wish.paused);
		skw_watch_follow(s->watch, wish.follow);
	} else {
		steer(s, &wish);
	}
	if (wish.quit)
		skw_loop_stop(s->loop);
	return 0;
}

/* While a question is open, the keeper reads the keys. */
static int on_input(void *ctx, struct skw_error *err)
{
	struct screen *s = ctx;

	if (s->kill.asks) {
		if (!skw_top_kill_answer(&s->kill))
			return 0;
		s->to->answered(s->to->ctx);
	}
	return handle(s, 0, err);
}

static int on_signal(void *ctx, int signo, struct skw_error *err)
{
	return handle(ctx, signo, err);
}

static void stop_job(void *ctx)
{
	struct screen *s = ctx;

	skw_verbs_terminal_stop_job(&s->terminal, skw_loop_keeper(s->loop));
}

static int save(void *ctx, const void *settings, size_t len)
{
	struct screen *s = ctx;

	return skw_verbs_terminal_save(&s->terminal, skw_loop_keeper(s->loop), settings, len);
}

static int prepare_screen(void *ctx, struct skw_error *err)
{
	struct screen *s = ctx;
	int ret = s->to->open(s->to->ctx, &s->host, err);

	if (!ret)
		skw_verbs_terminal_note(&s->terminal);
	return ret;
}

static int open_screen(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct screen *s = ctx;

	(void)err;
	s->loop = loop;
	skw_pick_session_open(&s->pick, loop);
	skw_row_taps_open(&s->taps, loop);
	return 0;
}

static int close_screen(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct screen *s = ctx;

	(void)real_ns;
	(void)err;
	skw_pick_session_close(&s->pick);
	s->to->close(s->to->ctx);
	skw_pick_session_report(&s->pick);
	if (s->watch)
		skw_row_taps_report(&s->taps);
	return 0;
}

static int start_screen(void *ctx, struct skw_error *err)
{
	struct screen *s = ctx;
	int ret = skw_loop_watch(s->loop, s->to->input_fd, EPOLLIN, on_input, s);
	if (ret)
		return skw_error_set(err, ret, "events: %s", strerror(-ret));
	if (s->watch)
		see_taps(s, s->begins_with_messages, s->begins_with_names);
	return 0;
}

static int draw(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		struct skw_error *err)
{
	struct screen *s = ctx;

	skw_pick_session_tick(&s->pick, table, status);
	if (s->watch)
		skw_row_taps_tick(&s->taps);
	tell_holder(s);
	int ret = s->to->draw(s->to->ctx, table, status, err);

	if (!ret && ++s->drawn == s->iterations)
		skw_loop_stop(s->loop);
	return ret;
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	(void)err;
	if (skw_row_taps_packets(&((struct screen *)ctx)->taps, run, n))
		return (int)n;
	return skw_pick_session_packets(&((struct screen *)ctx)->pick, run, n, wait);
}

static int take_event(void *ctx, const struct skw_event *event, struct skw_error *err)
{
	(void)err;
	skw_pick_session_event(&((struct screen *)ctx)->pick, event);
	return 0;
}

static int pause_screen(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	(void)err;
	skw_pick_session_pause(&((struct screen *)ctx)->pick, until_ns);
	skw_row_taps_pause(&((struct screen *)ctx)->taps, until_ns);
	return 0;
}

static bool is_ready(const void *ctx)
{
	return skw_pick_session_ready(&((const struct screen *)ctx)->pick);
}

static void clock_set(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text)
{
	skw_pick_session_clock_set(&((struct screen *)ctx)->pick, by_ns, real_ns, text);
}

static const struct skw_sink_ops screen_ops = {
	.prepare = prepare_screen,
	.open = open_screen,
	.close = close_screen,
	.start = start_screen,
	.packets = take_packets,
	.event = take_event,
	.tick = draw,
	.pause = pause_screen,
	.ready = is_ready,
	.clock_set = clock_set,
	.signal = on_signal,
};

/* With the sources of a live screen, or that of a recording. */
static int run_screen(struct screen *s, const struct skw_top_plan *plan,
		      const struct skw_source *sources, size_t sources_len,
		      const struct skw_sink *sink, struct skw_error *err)
{
	struct skw_keeper_table *const tables[] = {
		&s->terminal.table,   &s->process,       &s->pick.verbs.capture.table,
		&s->pick.verbs.table, s->taps.tables[0], s->taps.tables[1],
		s->taps.tables[2],    s->taps.tables[3], &s->kill.kill.table
	};
	const struct skw_loop_plan loop = { .sources = sources,
					    .sources_len = sources_len,
					    .sink = sink,
					    .tables = tables,
					    .tables_len = !s->watch ? 1
							  : s->kill.works
								  ? SKW_ARRAY_SIZE(tables)
								  : SKW_ARRAY_SIZE(tables) - 1,
					    .has_screen = true,
					    .terminal = true,
					    /* A capture writes its file by a thread. */
					    .writes_files = s->watch != NULL,
					    .folder_fd =
						    s->watch ? skw_watch_folder_fd(s->watch) : NULL,
					    .no_sandbox = plan->watch.no_sandbox };

	skw_verbs_terminal_prepare(&s->terminal);
	s->process = skw_verbs_process_table;
	return skw_loop_run(&loop, err);
}

static int watch_live(struct screen *s, const struct skw_top_plan *plan, struct skw_error *err)
{
	const struct skw_sink sink = { &screen_ops, s };
	struct skw_watch_plan watch = plan->watch;

	watch.counts = plan->view->datagrams ? SKW_COUNTS_NOW : SKW_COUNTS_LATER;
	int ret = skw_pick_session_make(&s->pick, plan->capture_dir, err);

	s->pick.watch_plan = &watch;
	if (!ret)
		ret = skw_row_taps_make(&s->taps, s->to->say, s->to->ctx, err);
	if (!ret)
		ret = skw_watch_new(&watch, &s->watch, err);
	if (!ret) {
		struct skw_source sources[2 + SKW_ROW_TAPS];

		sources[0] = skw_pick_session_source(&s->pick);
		skw_row_taps_sources(&s->taps, sources + 1);
		sources[1 + SKW_ROW_TAPS] = skw_watch_source(s->watch);
		s->pick.watch = s->watch;
		skw_row_taps_set_watch(&s->taps, s->watch);
		s->host.messages = &s->taps.messages.status;
		s->begins_with_messages = plan->messages;
		s->begins_with_names = plan->names;
		skw_top_kill_prepare(&s->kill, watch.netns);
		s->datagrams = watch.counts == SKW_COUNTS_NOW;
		s->host.kills = true;
		s->host.no_kill = s->kill.works ? NULL : s->kill.lacks.text;
		s->host.captured = &s->pick.status;
		ret = run_screen(s, plan, sources, SKW_ARRAY_SIZE(sources), &sink, err);
	}
	skw_top_kill_free(&s->kill);
	skw_row_taps_free(&s->taps);
	skw_pick_session_free(&s->pick);
	skw_watch_free(s->watch);
	return ret;
}

static int read_files(struct screen *s, const struct skw_top_plan *plan, struct skw_error *err)
{
	const struct skw_replay_plan replay = { .files = plan->read_files,
						.files_len = plan->read_files_len,
						.filter = "",
						.snaplen = UINT32_MAX,
						.blocks = true,
						.stays = true };
	struct skw_replay *r;

	if (skw_replay_new(&replay, &r))
		return skw_error_set(err, -ENOMEM, "out of memory");
	s->recording = (struct skw_recording){ .inner = { &screen_ops, s },
					       .closed_ns = plan->watch.closed_ns,
					       .speed = plan->speed,
					       .say = s->to->say,
					       .ctx = s->to->ctx,
					       .timer_fd = -1 };
	const struct skw_source source = skw_replay_source(r);
	const struct skw_sink sink = skw_recording_sink(&s->recording);
	int ret = run_screen(s, plan, &source, 1, &sink, err);

	skw_replay_free(r);
	return ret;
}

int skw_session_top_screen(const struct skw_top_plan *plan, const struct skw_top_screen *screen,
			   struct skw_error *err)
{
	struct screen s = { .to = screen,
			    .host = { .ctx = &s, .stop_job = stop_job, .save = save },
			    .terminal = { .farewell = { .text = screen->farewell,
							.termios = screen->termios },
					  .save = screen->save,
					  .ctx = screen->ctx },
			    .pick = { .say = screen->say, .ctx = screen->ctx },
			    .kill = { .say = screen->say, .ctx = screen->ctx },
			    .iterations = plan->iterations };

	return plan->read_files_len ? read_files(&s, plan, err) : watch_live(&s, plan, err);
}
