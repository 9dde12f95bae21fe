/* SPDX-License-Identifier: BSD-2-Clause */
/* The sessions of `skwatch top`: rows as lines, or a screen. */
#ifndef SKW_SESSION_TOP_H
#define SKW_SESSION_TOP_H

#include <termios.h>

#include "loop/sink.h"
#include "model/watch_plan.h"
#include "sink/rows.h"
#include "util/error.h"

struct skw_top_plan {
	struct skw_watch_plan watch;
	const struct skw_view_options *view;
	enum skw_rows_format format; /* of lines */
	uint64_t iterations;         /* 0: without end */
};

/* Rows on standard output, once a tick. 0 or -errno. */
int skw_session_top_rows(const struct skw_top_plan *plan, struct skw_error *err);

/* What somebody at the screen wants of the session. */
struct skw_top_wish {
	bool quit, paused;
	uint64_t interval_ns;
	uint64_t follow; /* cookie; 0: none */
};

/* A screen, drawn by the caller. Each function returns 0 or -errno with err filled. */
struct skw_top_screen {
	void *ctx;
	/* Signals come through the loop, privileges are gone: the terminal may be taken. */
	int (*open)(void *ctx, struct skw_error *err);
	int (*draw)(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		    struct skw_error *err);
	/* input_fd is readable (signal 0), or SIGWINCH or SIGCONT came. */
	int (*input)(void *ctx, int signal, struct skw_top_wish *wish, struct skw_error *err);
	int input_fd;
	/* Written to standard output by the keeper after a SIGKILL: brings the terminal back. */
	const char *farewell;
	/* The settings of standard output before; NULL: leave them. */
	const struct termios *termios;
};

/* 0 or -errno. The caller closes the screen afterwards. */
int skw_session_top_screen(const struct skw_top_plan *plan, const struct skw_top_screen *screen,
			   struct skw_error *err);

#endif
