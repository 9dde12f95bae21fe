/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The screen of `skwatch top`. It draws the rows of a table, changes what it shows when keys are
 * typed, and tells the caller what only the caller can do. It owns no rows.
 */
#ifndef SKW_UI_SCREEN_H
#define SKW_UI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/messages_status.h"
#include "model/pick.h"
#include "model/process.h"
#include "model/watch.h"
#include "table/table.h"
#include "ui/settings/settings.h"
#include "util/error.h"
#include "view/view.h"

struct skw_screen;

/* Requests to the caller after skw_screen_input(). All but `quit` are current values. */
struct skw_screen_wish {
	bool quit;
	bool paused;
	uint64_t interval_ns;
	uint64_t follow;      /* a cookie for skw_table_follow(), or 0 */
	uint32_t holder;      /* a process for skw_screen_tell_holder(), or 0 */
	bool datagrams;       /* they are to be counted */
	bool messages, names; /* they are to be seen */
	/* Of a recording: go to the next sweep or event. Only until the next input. */
	bool next_sweep, next_event;
	/* Begin to capture the pick, or end the capture. Only until the next input. */
	bool begins_capture, ends_capture;
	struct skw_pick pick;
	/* The last packets of the connection that is captured are in sight. */
	bool tail;
	/* Ask whether these connections are to be ended; s owns them. Only until the next input. */
	const uint64_t *kill;
	size_t kill_len;
};

struct skw_screen_options {
	struct skw_settings settings; /* copied */
	/* The text of -f, or NULL to use the filter of the settings. */
	const char *filter;
	/* For expressions, see expr/expr.h. They must not open files after the split. */
	const struct skw_expr_names *names;
	const char *host;
	uint64_t interval_ns;
	bool no_color, ascii; /* the user asked for them */
	/* A recording: paused, the table stays; interval_ns is its pace, 1 s the recorded one. */
	bool recorded;
	/* Stops the whole job, for Ctrl-Z; returns when it was continued. */
	void (*stop_job)(void *host_ctx);
	void *host_ctx;
	/* Borrowed: the capture, as it is at each drawing. NULL: nothing can be captured. */
	const struct skw_pick_status *captured;
	/* Borrowed: how messages are seen. NULL: they can't be. */
	const struct skw_messages_status *messages;
	/* There is the key that ends connections. NULL: it works; otherwise the reason why not. */
	bool kills;
	const char *no_kill;
};

/*
 * Checks the terminal. A terminal that can't move its cursor, or no terminal at all, is an error
 * whose text names the alternative, -b. Sets *farewell to the escape sequences that restore the
 * terminal after a SIGKILL, for struct skw_watch_plan; they are static. To be called before
 * skw_screen_open().
 */
int skw_screen_probe(const char **farewell, struct skw_error *err);

int skw_screen_open(const struct skw_screen_options *opt, struct skw_screen **out,
		    struct skw_error *err);
/* Gives the terminal back and frees the screen. NULL is allowed. */
void skw_screen_close(struct skw_screen *s);

/* After a sweep; table and status must stay until the next call or close. */
int skw_screen_update(struct skw_screen *s, const struct skw_table *table,
		      const struct skw_watch_status *status, struct skw_error *err);

/*
 * Handles the keys that were typed and, if `signal` is not 0, SIGWINCH or SIGCONT. Draws the screen
 * and fills *wish.
 */
int skw_screen_input(struct skw_screen *s, int signal, struct skw_screen_wish *wish,
		     struct skw_error *err);

/* Tells about the wanted holder. It is copied, and drawn the next time. NULL: it is not known. */
void skw_screen_tell_holder(struct skw_screen *s, const struct skw_process *holder);

/* Shows a message, which may have any characters, the next time the screen is drawn. */
void skw_screen_say(struct skw_screen *s, const char *text);

/*
 * The question whether to end connections is over. It is drawn, and no key is read, until then: who
 * acts reads the answer himself.
 */
void skw_screen_answered(struct skw_screen *s);

/* Copies the current settings, to be saved. */
void skw_screen_settings(const struct skw_screen *s, struct skw_settings *out);

#endif
