/* SPDX-License-Identifier: BSD-2-Clause */
/* The sessions of `skwatch top`, which show rows as lines or on a screen. */
#ifndef SKW_SESSION_TOP_H
#define SKW_SESSION_TOP_H

#include <termios.h>

#include "loop/sink.h"
#include "model/pick.h"
#include "model/process.h"
#include "model/watch_plan.h"
#include "sink/rows.h"
#include "util/error.h"

struct skw_top_plan {
	struct skw_watch_plan watch;
	const struct skw_view_options *view;
	enum skw_rows_format format; /* for rows as lines */
	const char *host;            /* its name, for JSON and CSV */
	uint64_t iterations;         /* 0: no limit */
	/* The files of -r in their order, and struct skw_recording.speed. None: this host, live. */
	const char *const *read_files;
	size_t read_files_len;
	uint32_t speed;
	/* The folder for captures from the screen. NULL: the current one. */
	const char *capture_dir;
	bool messages, names; /* rows get them; the screen can switch them later */
};

/* Prints the rows on standard output after each sweep. Returns 0 or -errno. */
int skw_session_top_rows(const struct skw_top_plan *plan, struct skw_error *err);

/* The same from the recordings of the plan. */
int skw_session_top_file_rows(const struct skw_top_plan *plan, struct skw_error *err);

/* The user's wishes for the session, from the screen. */
struct skw_top_wish {
	bool quit, paused;
	uint64_t interval_ns;
	uint64_t follow;             /* a socket cookie; 0: none */
	uint32_t holder;             /* a process that is to be described; 0: none */
	bool datagrams;              /* they are to be counted */
	bool messages, names;        /* they are to be seen */
	bool next_sweep, next_event; /* of a recording: jumps */
	/* Captures: the begin, with what is captured, and the end; the last packets are in sight.
	 */
	bool begins_capture, ends_capture, tail;
	struct skw_pick pick;
	/* The screen shows the question whether to end these connections. None: it shows none. */
	const uint64_t *kill; /* cookies */
	size_t kill_len;
};

/* The screen asks the session for these, because its own process has no rights. */
struct skw_top_host {
	void *ctx;
	/* Stops all processes of the job, as Ctrl-Z does, until the shell continues them. */
	void (*stop_job)(void *ctx);
	/* Calls skw_top_screen.save() where files can be written. Returns 0 or -errno. */
	int (*save)(void *ctx, const void *settings, size_t len);
	/* The capture, as it is at each drawing. NULL: nothing can be captured. */
	const struct skw_pick_status *captured;
	/* The same of messages. NULL: there are none. */
	const struct skw_messages_status *messages;
	/* Connections can be ended, or at least it can be said why not: `no_kill`, or NULL. */
	bool kills;
	const char *no_kill;
};

/* A screen, which the caller draws. Each function returns 0 or -errno with err filled. */
struct skw_top_screen {
	void *ctx;
	/* Takes the terminal, while files can still be read. `host` stays until `close`. */
	int (*open)(void *ctx, const struct skw_top_host *host, struct skw_error *err);
	/* Gives the terminal back, also after a failure or without `open`. */
	void (*close)(void *ctx);
	/*
	 * Saves settings. Runs in the keeper; the settings come from a process that may have been
	 * taken over. Returns 0 or -errno.
	 */
	int (*save)(void *ctx, const void *settings, size_t len);
	int (*draw)(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		    struct skw_error *err);
	/* Reads input_fd if `signal` is 0, otherwise handles SIGWINCH or SIGCONT. */
	int (*input)(void *ctx, int signal, struct skw_top_wish *wish, struct skw_error *err);
	/* Describes the wanted holder before it is drawn. NULL: nothing is known about it. */
	void (*tell)(void *ctx, const struct skw_process *holder);
	/* Shows a message of the session, which may have any characters. */
	void (*say)(void *ctx, const char *text);
	/* The question is over: the screen takes it away. */
	void (*answered)(void *ctx);
	int input_fd;
	/* The keeper writes this to standard output after a SIGKILL, to restore the terminal. */
	const char *farewell;
	/* The settings of standard output before the screen began. NULL: leave them. */
	const struct termios *termios;
};

/* Returns 0 or -errno. */
int skw_session_top_screen(const struct skw_top_plan *plan, const struct skw_top_screen *screen,
			   struct skw_error *err);

#endif
