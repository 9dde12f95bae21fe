// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/top_options.h"
#include "session/top.h"
#include "ui/screen.h"
#include "util/say.h"

/* Connects the session to the screen. */
struct top {
	const struct skw_top_request *request;
	struct skw_screen *screen; /* owned; NULL until it is opened */
};

static int open_screen(void *ctx, struct skw_error *err)
{
	struct top *top = ctx;

	return skw_screen_open(&top->request->screen, &top->screen, err);
}

static int draw(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		struct skw_error *err)
{
	return skw_screen_update(((struct top *)ctx)->screen, table, status, err);
}

static int input(void *ctx, int signal, struct skw_top_wish *wish, struct skw_error *err)
{
	struct skw_screen_wish screen_wish;
	int ret = skw_screen_input(((struct top *)ctx)->screen, signal, &screen_wish, err);

	if (!ret)
		*wish = (struct skw_top_wish){ .quit = screen_wish.quit,
					       .paused = screen_wish.paused,
					       .interval_ns = screen_wish.interval_ns,
					       .follow = screen_wish.follow };
	return ret;
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
	struct skw_top_screen screen = { .ctx = &top,
					 .open = open_screen,
					 .draw = draw,
					 .input = input,
					 .input_fd = STDIN_FILENO };
	struct termios termios;
	int ret = skw_screen_probe(&screen.farewell, err);

	if (ret)
		return ret;
	if (tcgetattr(STDOUT_FILENO, &termios) == 0)
		screen.termios = &termios;
	ret = skw_session_top_screen(&request->plan, &screen, err);
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
	else if (!ret && request.batch)
		ret = skw_session_top_rows(&request.plan, err);
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
