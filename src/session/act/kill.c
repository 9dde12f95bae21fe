// SPDX-License-Identifier: BSD-2-Clause
#include "session/act/kill.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "act/kill_run.h"
#include "act/kill_words.h"
#include "format/listing.h"
#include "loop/loop.h"
#include "row/row.h"
#include "table/table.h"
#include "util/clock.h"
#include "util/locale.h"
#include "util/say.h"
#include "view/view.h"
#include "watch/watch.h"

/* There is one sweep, at the start. */
#define SWEEP_NS (24 * 3600 * SKW_NS_PER_S)
#define WAIT_MS  1000

/* A sink that takes the rows of the first sweep. Its events are those of the verb. */
struct killing {
	const struct skw_kill_plan *plan;
	struct skw_kill kill;
	struct skw_kill_run run;
	struct skw_act_tell tell;
	struct skw_sink inner;   /* prints the events */
	struct skw_watch *watch; /* owned */
	struct skw_table *rows;  /* owned, a copy: the rows of the list; NULL before the sweep */
	struct skw_loop *loop;   /* borrowed */
	uint64_t apart;          /* rows that match, and whose state nobody has named */
	const char *trouble;     /* words for the part that the sweep could not read; NULL: none */
	int trouble_error;       /* why, a negative errno value */
};

/* ---- the list ---- */

static bool asks(const struct killing *k)
{
	return !k->plan->yes && !k->plan->options->dry_run;
}

/*
 * Listeners and their like are left out, unless the row matches because of `state = LISTEN`: an
 * expression such as `port = 443` means connections.
 */
static bool is_meant(struct killing *k, const struct skw_row *row)
{
	if (!memchr(skw_kill_apart, row->state, sizeof(skw_kill_apart)) ||
	    skw_expr_matches_by(k->plan->where, row, SKW_FIELD_STATE))
		return true;
	k->apart++;
	return false;
}

static int print_list(const struct skw_buf *text, struct skw_error *err)
{
	size_t at = 0;

	while (at < text->len) {
		ssize_t n = write(STDERR_FILENO, text->data + at, text->len - at);

		if (n < 0 && errno != EINTR)
			return skw_error_set(err, -errno, "standard error: %s", strerror(errno));
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Equal addresses in other namespaces are told apart by the words behind them. */
static void add_line(const struct killing *k, const struct skw_row *row,
		     const struct skw_format_env *env, struct skw_buf *text)
{
	skw_listing_row(text, row, env);
	if (row->netns == skw_watch_netns(k->watch) || text->failed)
		return;
	text->len--; /* the newline */
	skw_buf_add_str(text, "  netns ");
	if (row->netns_name)
		skw_format_name(text, row->netns_name, true, env);
	else
		skw_buf_add_uint(text, row->netns);
	skw_buf_add_char(text, '\n');
}

/* Lists what the view shows, and adds its lines to `text`. */
static int list_view(struct killing *k, struct skw_view *view, const struct skw_format_env *env,
		     struct skw_buf *text, struct skw_error *err)
{
	int ret = skw_kill_run_begin(&k->run, err);

	skw_listing_head(text, false);
	for (size_t i = 0; ret >= 0 && i < skw_view_len(view); i++) {
		const struct skw_row *row = skw_view_row(view, i);

		if (!is_meant(k, row))
			continue;
		ret = skw_kill_run_add(&k->run, row, err);
		if (ret > 0)
			add_line(k, row, env, text);
	}
	if (!(ret < 0) && text->failed)
		return skw_error_set(err, -ENOMEM, "out of memory");
	return ret < 0 ? ret : 0;
}

static int list(struct killing *k, const struct skw_watch_status *status, struct skw_error *err)
{
	const struct skw_view_options options = { .sort = SKW_FIELD_PID,
						  .ascending = true,
						  .filter = k->plan->where,
						  .listeners = true };
	const struct skw_format_env env = { .offset_ns = status->offset_ns,
					    .sweep_ns = status->now_ns,
					    .utf8 = skw_locale_is_utf8() };
	struct skw_buf text = { 0 };
	struct skw_view *view = NULL;
	int ret = skw_view_new(&view);

	if (!ret)
		ret = skw_view_make(view, k->rows, &options, true);
	if (ret)
		skw_error_set(err, ret, "out of memory");
	else
		ret = list_view(k, view, &env, &text, err);
	if (!ret && k->run.len && asks(k))
		ret = print_list(&text, err);
	skw_view_free(view);
	skw_buf_free(&text);
	return ret;
}

/* ---- the ends ---- */

static int tell_event(void *ctx, const struct skw_act_event *event, struct skw_error *err)
{
	return skw_act_tell(ctx, event, err);
}

static bool is_interrupted(const struct killing *k)
{
	struct pollfd end = { .fd = skw_loop_interrupt_fd(k->loop), .events = POLLIN };

	return skw_loop_is_over(k->loop) || poll(&end, 1, 0) > 0;
}

static int act(struct killing *k, struct skw_error *err)
{
	int ret = 1;

	while (ret > 0 && !is_interrupted(k))
		ret = skw_kill_run_next(&k->run, err);
	skw_loop_stop(k->loop);
	return ret < 0 ? ret : 0;
}

static int on_answer(void *ctx, struct skw_error *err)
{
	struct killing *k = ctx;
	int ret = skw_kill_answer(&k->kill, k->run.keeper);

	if (ret == -EAGAIN)
		return 0;
	if (ret < 0)
		return skw_error_set(err, ret, "answer: %s", strerror(-ret));
	if (ret == 1)
		return act(k, err);
	k->run.at = k->run.len;
	skw_say("nothing was %s", k->plan->signo ? "sent" : "ended");
	skw_loop_stop(k->loop);
	return 0;
}

static int ask(struct killing *k, struct skw_error *err)
{
	int ret = skw_kill_ask(&k->kill, k->run.keeper);

	if (!ret)
		ret = skw_loop_watch(k->loop, STDIN_FILENO, EPOLLIN, on_answer, k);
	return ret ? skw_error_set(err, ret, "question: %s", strerror(-ret)) : 0;
}

static void say_left_out(const struct killing *k)
{
	if (k->apart)
		skw_say("%" PRIu64 " socket%s left out: %s no connection. To end one, name its "
			"state, such as state = LISTEN",
			k->apart, k->apart == 1 ? " is" : "s are",
			k->apart == 1 ? "it is" : "they are");
	if (k->run.no_holder)
		skw_say("%" PRIu64 " connection%s no holder that is known", k->run.no_holder,
			k->run.no_holder == 1 ? " has" : "s have");
	if (k->run.spared)
		skw_say("skwatch itself and process 1 get no signal");
}

static int take_rows(void *ctx, const struct skw_table *table,
		     const struct skw_watch_status *status, struct skw_error *err)
{
	struct killing *k = ctx;

	if (k->rows)
		return 0;
	skw_watch_set_paused(k->watch, true);
	k->run.keeper = skw_loop_keeper(k->loop);
	if (skw_table_copy(table, &k->rows))
		return skw_error_set(err, -ENOMEM, "out of memory");
	k->trouble = status->trouble;
	k->trouble_error = status->trouble_error;
	/* Without a question the last line tells it. */
	if (k->trouble && asks(k))
		skw_say("%s: %s; connections may be missing", k->trouble,
			skw_error_why(k->trouble_error));
	int ret = list(k, status, err);
	if (ret)
		return ret;
	say_left_out(k);
	if (k->run.len && asks(k))
		return ask(k, err);
	return act(k, err);
}

/* ---- the sink ---- */

static int open_lines(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct killing *k = ctx;

	k->loop = loop;
	return k->inner.ops->open(k->inner.ctx, loop, err);
}

static int pause_lines(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct killing *k = ctx;

	return k->inner.ops->pause(k->inner.ctx, until_ns, err);
}

static void hurry(void *ctx, unsigned ms)
{
	struct killing *k = ctx;

	k->inner.ops->hurry(k->inner.ctx, ms);
}

static int close_lines(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct killing *k = ctx;

	return k->inner.ops->close(k->inner.ctx, real_ns, err);
}

static const struct skw_sink_ops ops = {
	.open = open_lines,
	.tick = take_rows,
	.pause = pause_lines,
	.hurry = hurry,
	.close = close_lines,
};

static void report(void *ctx, bool final)
{
	const struct killing *k = ctx;
	const struct skw_kill_run *run = &k->run;
	const char *what = !k->plan->signo ? "connection" : run->len == 1 ? "process" : "processe";

	if (!final)
		return;
	skw_say("%zu %s%s listed, %" PRIu64 " %s, %" PRIu64 " had gone, %" PRIu64 " failed",
		run->len, what, run->len == 1 ? "" : "s", run->ended,
		k->plan->signo ? "got the signal" : "ended", run->gone, run->failed);
	if (run->at < run->len)
		skw_say("%zu of them were not tried", run->len - run->at);
}

/* ---- the session ---- */

/* The states of skw_kill_apart that the expression names somewhere. */
static uint32_t named_states(const struct skw_expr *where)
{
	struct skw_row row;
	uint32_t states = 0;

	skw_row_blank(&row);
	for (size_t i = 0; i < sizeof(skw_kill_apart); i++) {
		row.state = skw_kill_apart[i];
		if (skw_expr_names_value(where, &row, SKW_FIELD_STATE))
			states |= 1U << row.state;
	}
	return states;
}

/* A list that lacks connections must not look like one to which nothing else belongs. */
static int verdict(const struct killing *k, struct skw_error *err)
{
	const char *why = k->trouble ? skw_error_why(k->trouble_error) : "";

	if (k->run.failed)
		return skw_error_set(err, k->run.first_error,
				     "%" PRIu64 " of %zu failed: %s%s%s%s%s", k->run.failed,
				     k->run.len, skw_kill_words_why(k->run.first_error),
				     k->trouble ? "; " : "", k->trouble ? k->trouble : "",
				     k->trouble ? ": " : "", why);
	if (k->trouble)
		return skw_error_set(err, k->trouble_error, "%s: %s; connections may be missing",
				     k->trouble, why);
	return 0;
}

static int run_loop(struct killing *k, struct skw_error *err)
{
	const struct skw_source source = skw_watch_source(k->watch);
	const struct skw_sink sink = { &ops, k };
	struct skw_keeper_table *const tables[] = { &k->kill.table };
	const struct skw_loop_plan loop = { .sources = &source,
					    .sources_len = 1,
					    .sink = &sink,
					    .tables = tables,
					    .tables_len = 1,
					    .folder_fd = skw_watch_folder_fd(k->watch),
					    .no_sandbox = k->plan->options->no_sandbox,
					    .duration_ns = k->plan->options->duration_ns,
					    .report = report,
					    .ctx = k };
	int ret = skw_loop_run(&loop, err);

	return ret ? ret : verdict(k, err);
}

int skw_session_kill(const struct skw_kill_plan *plan, struct skw_error *err)
{
	const struct skw_watch_plan watch = { .interval_ns = SWEEP_NS,
					      .netns = plan->netns,
					      .wait_ms = WAIT_MS,
					      .udp = true,
					      .quiet = true };
	struct killing k = { .plan = plan,
			     .kill = { .netns = plan->netns,
				       .states = named_states(plan->where),
				       .signo = plan->signo,
				       .dry_run = plan->options->dry_run,
				       .yes = plan->yes },
			     .tell = { .json = plan->options->json,
				       .count = plan->options->count } };
	char host[65] = "";

	if (gethostname(host, sizeof(host) - 1) == 0 && host[0])
		k.tell.host = host;
	k.inner = skw_act_tell_sink(&k.tell);
	k.run = (struct skw_kill_run){ .kill = &k.kill, .tell = tell_event, .ctx = &k.tell };
	int ret = skw_watch_new(&watch, &k.watch, err);

	if (!ret)
		ret = skw_kill_prepare(&k.kill, err);
	if (!ret)
		ret = run_loop(&k, err);
	skw_kill_free(&k.kill);
	skw_kill_run_free(&k.run);
	skw_watch_free(k.watch);
	skw_table_free(k.rows);
	return ret;
}
