/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live table of `skwatch messages --summary`: a sink without packets beside that of the lines.
 * It looks at the groups at each interval, and the caller's screen draws them.
 */
#ifndef SKW_SESSION_MESSAGES_MESSAGES_SCREEN_H
#define SKW_SESSION_MESSAGES_MESSAGES_SCREEN_H

#include <termios.h>

#include "loop/sink.h"
#include "model/message_look.h"
#include "sink/message_lines.h"
#include "verbs/terminal.h"

/* The user's wishes, from the screen. */
struct skw_messages_wish {
	bool quit;
	uint64_t interval_ns;
	struct skw_format_message_group_order order;
};

/* The screen asks the session for this, because its own process has no rights. */
struct skw_messages_host {
	void *ctx;
	/* Stops all processes of the job, as Ctrl-Z does, until the shell continues them. */
	void (*stop_job)(void *ctx);
	uint64_t interval_ns;
	struct skw_format_message_group_order order; /* by --sort */
};

/* A screen, which the caller draws. Each function returns 0 or -errno with err filled. */
struct skw_messages_screen {
	void *ctx;
	/* Takes the terminal, while files can still be read. `host` stays until `close`. */
	int (*open)(void *ctx, const struct skw_messages_host *host, struct skw_error *err);
	/* Gives the terminal back, also after a failure or without `open`. */
	void (*close)(void *ctx);
	int (*draw)(void *ctx, const struct skw_message_look *look, struct skw_error *err);
	/* Keys were typed, or SIGWINCH or SIGCONT has come. Fills *wish. */
	int (*input)(void *ctx, int signal, struct skw_messages_wish *wish, struct skw_error *err);
	int input_fd;
	/* See struct skw_farewell. */
	const char *farewell;
	const struct termios *termios; /* NULL: not known */
};

struct skw_messages_live_screen {
	/* The caller sets these. */
	const struct skw_messages_screen *to;
	struct skw_message_lines *lines;
	uint64_t (*lost)(void *ctx); /* packets */
	void *ctx;
	uint64_t interval_ns;

	struct skw_messages_host host;
	struct skw_verbs_terminal terminal;
	struct skw_loop *loop; /* borrowed */
	int timer_fd;
	uint64_t looked_ns;               /* real time of the last look */
	struct skw_message_group *groups; /* owned; of the last look */
};

/* Fills in what the caller does not set, with the table of verbs. */
void skw_messages_live_screen_begin(struct skw_messages_live_screen *s);
/* The sink; behind that of the lines, so that the terminal is given back before they are printed.
 */
struct skw_sink skw_messages_live_screen_sink(struct skw_messages_live_screen *s);

#endif
