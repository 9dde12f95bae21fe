// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/top_options.h"
#include "session/top.h"
#include "ui/screen.h"
#include "util/locale.h"
#include "util/say.h"

/* Connects the session to the screen. */
struct top {
	const struct skw_top_request *request;
	const struct skw_top_host *host; /* borrowed from the session */
	struct skw_screen *screen;       /* owned; NULL until it is opened */
};

static int open_screen(void *ctx, const struct skw_top_host *host, struct skw_error *err)
{
	struct top *top = ctx;
	struct skw_screen_options options = top->request->screen;

	top->host = host;
	options.stop_job = host->stop_job;
	options.host_ctx = host->ctx;
	options.captured = host->captured;
	options.messages = host->messages;
	options.kills = host->kills;
	options.no_kill = host->no_kill;
	return skw_screen_open(&options, &top->screen, err);
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
					       .follow = screen_wish.follow,
					       .holder = screen_wish.holder,
					       .datagrams = screen_wish.datagrams,
					       .messages = screen_wish.messages,
					       .names = screen_wish.names,
					       .next_sweep = screen_wish.next_sweep,
					       .next_event = screen_wish.next_event,
					       .begins_capture = screen_wish.begins_capture,
					       .ends_capture = screen_wish.ends_capture,
					       .tail = screen_wish.tail,
					       .pick = screen_wish.pick,
					       .kill = screen_wish.kill,
					       .kill_len = screen_wish.kill_len };
	return ret;
}

static void say(void *ctx, const char *text)
{
	skw_screen_say(((struct top *)ctx)->screen, text);
}

static void answered(void *ctx)
{
	skw_screen_answered(((struct top *)ctx)->screen);
}

static void tell(void *ctx, const struct skw_process *holder)
{
	skw_screen_tell_holder(((struct top *)ctx)->screen, holder);
}

/* Saves what the user changed on the screen. A failure is printed after the screen has closed. */
static void close_screen(void *ctx)
{
	struct top *top = ctx;
	struct skw_settings settings;

	if (!top->screen)
		return;
	skw_screen_settings(top->screen, &settings);
	skw_screen_close(top->screen);
	top->screen = NULL;
	int ret = skw_settings_differ(&top->request->screen.settings, &settings)
			  ? top->host->save(top->host->ctx, &settings, sizeof(settings))
			  : 0;

	if (ret)
		skw_say("settings: %s", strerror(-ret));
}

static int save(void *ctx, const void *bytes, size_t len)
{
	const struct skw_top_request *request = ((struct top *)ctx)->request;
	struct skw_settings settings, stored = request->stored;

	if (len != sizeof(settings))
		return -EINVAL;
	memcpy(&settings, bytes, sizeof(settings));
	if (!skw_settings_are_valid(&settings))
		return -EINVAL;
	skw_settings_merge(&stored, &request->screen.settings, &settings);
	return skw_settings_save(&stored);
}

static int run_screen(const struct skw_top_request *request, struct skw_error *err)
{
	struct top top = { .request = request };
	struct skw_top_screen screen = { .ctx = &top,
					 .open = open_screen,
					 .close = close_screen,
					 .save = save,
					 .draw = draw,
					 .input = input,
					 .tell = tell,
					 .say = say,
					 .answered = answered,
					 .input_fd = STDIN_FILENO };
	struct termios termios;
	int ret = skw_screen_probe(&screen.farewell, err);

	if (ret)
		return ret;
	if (tcgetattr(STDOUT_FILENO, &termios) == 0)
		screen.termios = &termios;
	return skw_session_top_screen(&request->plan, &screen, err);
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct skw_top_request request;
	skw_locale_take();

	int ret = skw_top_options_parse(argc, argv, &request, err);

	if (!ret && request.help)
		skw_top_options_help(stdout);
	else if (!ret && request.version)
		printf("skwatch %s\n", PACKAGE_VERSION);
	else if (!ret && request.batch && request.plan.read_files_len)
		ret = skw_session_top_file_rows(&request.plan, err);
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
