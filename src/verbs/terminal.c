// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/terminal.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The worker was killed, so the keeper gives the terminal back. */
static void say_farewell(void *arg)
{
	const struct skw_verbs_terminal *ctx = arg;

	if (!isatty(STDOUT_FILENO))
		return;
	/* The terminal may belong to another process group by now; SIGTTOU would stop us then. */
	signal(SIGTTOU, SIG_IGN);
	if (write(STDOUT_FILENO, ctx->farewell, strlen(ctx->farewell)) < 0)
		return;
	/* A shell that has the terminal back has its own settings in place already. */
	if (ctx->termios && tcgetpgrp(STDOUT_FILENO) == getpgrp())
		tcsetattr(STDOUT_FILENO, TCSANOW, ctx->termios);
}

void skw_verbs_terminal_prepare(struct skw_verbs_terminal *ctx)
{
	ctx->table = (struct skw_keeper_table){ .ctx = ctx, .orphaned = say_farewell };
}
