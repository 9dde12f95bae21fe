/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures what the user picks on the screen of top, into a file each: a source and a sink that do
 * nothing until then. The packets get their owners from the table that the screen shows, and the
 * file gets the events and rows of the connection.
 */
#ifndef SKW_SESSION_PICK_H
#define SKW_SESSION_PICK_H

#include "dissect/printer.h"
#include "join/owners.h"
#include "loop/loop.h"
#include "model/pick.h"
#include "model/watch_plan.h"
#include "sink/record/recorder.h"
#include "verbs/pick.h"

struct skw_capture;
struct skw_watch;

struct skw_pick_session {
	/* The caller sets these. */
	struct skw_watch *watch; /* borrowed; it may be made later */
	/* Its plan, borrowed: the sink gets events only while it captures. */
	struct skw_watch_plan *watch_plan;
	void (*say)(void *ctx, const char *text); /* on the screen */
	void *ctx;

	struct skw_verbs_pick verbs;
	struct skw_pick_status status;
	bool no_folder;        /* the current folder could not be opened */
	bool tail;             /* the last packets are wanted as lines */
	struct skw_loop *loop; /* borrowed */

	/* Of the capture that runs, owned; NULL: none runs. */
	struct skw_capture *capture;
	struct skw_recorder *recorder;
	struct skw_join_owners *join;
	struct skw_printer *printer;
	struct skw_source source;
	struct skw_sink sink;
	struct skw_picked picked;
	struct skw_capture_plan plan;
	struct skw_file_plan file;
	struct skw_verbs_files files;
	struct skw_record_events_options events;
	int file_fd;
	uint64_t rows_ns;         /* when rows were recorded last; 0: never */
	bool ends;                /* it ends when nothing uses it */
	bool waits;               /* its last packets are taken, however long that takes */
	struct skw_error failure; /* its text is empty if nothing has failed */
	struct skw_buf said;      /* a line for each capture that has ended */
};

/*
 * Fills in the rest of *p. `folder` is where files are created; NULL: the current folder. The
 * caller frees *p, even after an error. Returns 0, or a usage error.
 */
int skw_pick_session_make(struct skw_pick_session *p, const char *folder, struct skw_error *err);
void skw_pick_session_free(struct skw_pick_session *p);

/* The source. It comes before that of the connections. */
struct skw_source skw_pick_session_source(struct skw_pick_session *p);

/* Begins to capture. A failure is said, and is none of the session. */
void skw_pick_session_begin(struct skw_pick_session *p, const struct skw_pick *pick);
/* Ends the capture that runs, at the next pause. */
void skw_pick_session_end(struct skw_pick_session *p);

/* Parts of the screen's sink, see struct skw_sink_ops. None of them fails. */
void skw_pick_session_open(struct skw_pick_session *p, struct skw_loop *loop);
int skw_pick_session_packets(struct skw_pick_session *p, const struct skw_packet *run, size_t n,
			     bool wait);
void skw_pick_session_event(struct skw_pick_session *p, const struct skw_event *event);
void skw_pick_session_tick(struct skw_pick_session *p, const struct skw_table *rows,
			   const struct skw_watch_status *status);
void skw_pick_session_pause(struct skw_pick_session *p, uint64_t until_ns);
bool skw_pick_session_ready(const struct skw_pick_session *p);
void skw_pick_session_clock_set(struct skw_pick_session *p, int64_t by_ns, uint64_t real_ns,
				const char *text);
/* Completes the file. */
void skw_pick_session_close(struct skw_pick_session *p);
/* Prints what was captured, when the screen has gone. */
void skw_pick_session_report(const struct skw_pick_session *p);

#endif
