// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/live/live.h"

#include <unistd.h>

#include "ui/draw/terminal.h"
#include "ui/groups/groups_screen.h"

struct shown {
	struct skw_groups_screen_options options;
	struct skw_groups_screen *screen; /* owned; NULL until it is opened */
	char host[65];
};

bool skw_live_has_screen(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static int open_screen(void *ctx, const struct skw_messages_host *host, struct skw_error *err)
{
	struct shown *shown = ctx;

	shown->options.interval_ns = host->interval_ns;
	shown->options.order = host->order;
	shown->options.stop_job = host->stop_job;
	shown->options.host_ctx = host->ctx;
	return skw_groups_screen_open(&shown->options, &shown->screen, err);
}

static void close_screen(void *ctx)
{
	struct shown *shown = ctx;

	skw_groups_screen_close(shown->screen);
	shown->screen = NULL;
}

static int draw(void *ctx, const struct skw_message_look *look, struct skw_error *err)
{
	return skw_groups_screen_update(((struct shown *)ctx)->screen, look, err);
}

static int input(void *ctx, int signal, struct skw_messages_wish *wish, struct skw_error *err)
{
	struct skw_groups_screen_wish w;
	int ret = skw_groups_screen_input(((struct shown *)ctx)->screen, signal, &w, err);

	if (!ret)
		*wish = (struct skw_messages_wish){ .quit = w.quit,
						    .interval_ns = w.interval_ns,
						    .order = w.order };
	return ret;
}

int skw_live_run(struct skw_messages_plan *plan, bool no_color, bool ascii, struct skw_error *err)
{
	struct shown shown = {
		.options = { .names = plan->names, .no_color = no_color, .ascii = ascii }
	};
	struct skw_messages_screen screen = { .ctx = &shown,
					      .open = open_screen,
					      .close = close_screen,
					      .draw = draw,
					      .input = input,
					      .input_fd = STDIN_FILENO };
	struct termios termios;
	int ret = skw_terminal_probe(&screen.farewell, err);

	if (ret)
		return ret;
	if (gethostname(shown.host, sizeof(shown.host) - 1) == 0)
		shown.options.host = shown.host;
	if (tcgetattr(STDOUT_FILENO, &termios) == 0)
		screen.termios = &termios;
	plan->screen = &screen;
	ret = skw_session_messages(plan, err);
	plan->screen = NULL;
	return ret;
}
