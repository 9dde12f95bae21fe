// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/top_options.h"
#include "sink/rows.h"
#include "ui/screen.h"
#include "util/say.h"
#include "watch/watch.h"

/* The screen and the watch that gives it data. */
struct top {
	const struct skw_top_request *request;
	struct skw_watch *watch;
	struct skw_screen *screen;
	uint64_t drawn; /* number of updates drawn */
};

static int start(void *ctx, struct skw_watch *w, struct skw_error *err)
{
	struct top *top = ctx;

	top->watch = w;
	return skw_screen_open(&top->request->screen, &top->screen, err);
}

static int draw(void *ctx, struct skw_table *table, const struct skw_watch_status *status,
		struct skw_error *err)
{
	struct top *top = ctx;
	int ret = skw_screen_update(top->screen, table, status, err);

	return ret ? ret : ++top->drawn == top->request->batch.iterations;
}

static int input(void *ctx, int signal, struct skw_error *err)
{
	struct top *top = ctx;
	struct skw_screen_wish wish;
	int ret = skw_screen_input(top->screen, signal, &wish, err);

	if (ret)
		return ret;
	skw_watch_set_interval(top->watch, wish.interval_ns);
	skw_watch_set_paused(top->watch, wish.paused);
	skw_watch_follow(top->watch, wish.follow);
	return wish.quit;
}

/* Saves what the user changed on the screen. A failure is printed after the screen has closed. */
static void close_screen(struct top *top)
{
	struct skw_settings settings, stored = top->request->stored;

	if (!top->screen)
		return;
	skw_screen_settings(top->screen, &settings);
	skw_screen_close(top->screen);
	if (!skw_settings_merge(&stored, &top->request->screen.settings, &settings))
		return;
	int ret = skw_settings_save(&stored);

	if (ret)
		skw_say("settings: %s", strerror(-ret));
}

static int run_screen(const struct skw_top_request *request, struct skw_error *err)
{
	struct top top = { .request = request };
	struct skw_watch_plan plan = request->batch.watch;
	const struct skw_watch_hooks hooks = {
		.ctx = &top, .start = start, .tick = draw, .input = input, .input_fd = STDIN_FILENO
	};
	struct termios termios;
	int ret = skw_screen_probe(&plan.farewell, err);

	if (ret)
		return ret;
	if (tcgetattr(STDOUT_FILENO, &termios) == 0)
		plan.termios = &termios;
	ret = skw_watch_run(&plan, &hooks, err);
	close_screen(&top);
	return ret;
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct skw_top_request request;
	int ret = skw_top_options_parse(argc, argv, &request, err);

	if (!ret && request.help)
		skw_top_options_help(stdout);
	else if (!ret && request.version)
		printf("skwatch %s\n", PACKAGE_VERSION);
	else if (!ret && request.is_batch)
		ret = skw_batch_run(&request.batch, err);
	else if (!ret)
		ret = run_screen(&request, err);
	skw_top_request_free(&request);
	return ret;
}

const struct skw_command skw_cmd_top = {
	.name = "top",
	.summary = "show the connections of this host, live",
	.run = run,
};
