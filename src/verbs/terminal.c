// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/terminal.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static void say_farewell(void *arg)
{
	const struct skw_verbs_terminal *ctx = arg;

	if (!isatty(STDOUT_FILENO))
		return;
	/*
	 * Another process group may have the terminal by now, and then SIGTTOU would stop the
	 * keeper.
	 */
	signal(SIGTTOU, SIG_IGN);
	if (write(STDOUT_FILENO, ctx->farewell, strlen(ctx->farewell)) < 0)
		return;
	/* If a shell has the terminal again, it has already restored its own settings. */
	if (ctx->termios && tcgetpgrp(STDOUT_FILENO) == getpgrp())
		tcsetattr(STDOUT_FILENO, TCSANOW, ctx->termios);
}

void skw_verbs_terminal_prepare(struct skw_verbs_terminal *ctx)
{
	ctx->table = (struct skw_keeper_table){ .ctx = ctx, .orphaned = say_farewell };
}
