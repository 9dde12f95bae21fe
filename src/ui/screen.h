/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The screen of `skwatch top`: draws the rows of a table, turns keys into changes of what it
 * shows, and tells the caller what only the caller can do. It owns no rows.
 */
#ifndef SKW_UI_SCREEN_H
#define SKW_UI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/watch.h"
#include "table/table.h"
#include "ui/settings.h"
#include "util/error.h"
#include "view/view.h"

struct skw_screen;

/* What the caller should do after input. */
struct skw_screen_wish {
	bool quit;
	bool paused;          /* as it is now */
	uint64_t interval_ns; /* as it is now */
	uint64_t follow;      /* cookie for skw_table_follow(), as it is now; 0: none */
};

struct skw_screen_options {
	struct skw_settings settings; /* copied */
	const char *filter;           /* -f, as typed; NULL: the settings' */
	const char *host;             /* host name */
	uint64_t interval_ns;
	bool no_color, ascii; /* asked for */
};

/*
 * What brings the terminal back after a SIGKILL, for struct skw_watch_plan: terminal escapes,
 * static or owned by the screen library. Valid before skw_screen_open(). Checks the terminal too:
 * one that can't move its cursor, or none at all, is an error with what to do instead (-b).
 */
int skw_screen_probe(const char **farewell, struct skw_error *err);

int skw_screen_open(const struct skw_screen_options *opt, struct skw_screen **out,
		    struct skw_error *err);
/* Gives the terminal back. NULL allowed. */
void skw_screen_close(struct skw_screen *s);

/* After a sweep; table and status must stay until the next call or close. */
int skw_screen_update(struct skw_screen *s, const struct skw_table *table,
		      const struct skw_watch_status *status, struct skw_error *err);

/* Reads what was typed (or redraws for SIGWINCH, SIGCONT), draws, tells what is wished for. */
int skw_screen_input(struct skw_screen *s, int signal, struct skw_screen_wish *wish,
		     struct skw_error *err);

/* The settings as they are now, for saving. */
void skw_screen_settings(const struct skw_screen *s, struct skw_settings *out);

#endif
