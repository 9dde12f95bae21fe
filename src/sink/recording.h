/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stage: the entries of a recording come as blocks, fill a table, and at the end of each recorded
 * sweep the table goes on to the sink behind, as if it had just been swept.
 */
#ifndef SKW_SINK_RECORDING_H
#define SKW_SINK_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "journal/journal_read.h"
#include "loop/sink.h"
#include "model/watch.h"

/* The recorded pace. Twice as much is twice as fast. */
#define SKW_RECORDING_SPEED 1000

enum skw_recording_jump {
	SKW_RECORDING_NO_JUMP,
	SKW_RECORDING_NEXT_SWEEP, /* one step */
	SKW_RECORDING_NEXT_EVENT, /* without a stop in between */
};

struct skw_recording {
	/* The caller sets these and keeps them until the sink is closed. */
	struct skw_sink inner; /* gets ticks, and all calls but blocks and packets */
	uint64_t closed_ns;    /* how long closed rows are shown */
	uint32_t speed;        /* see SKW_RECORDING_SPEED; 0: as fast as the sink can */
	/* Tells the user which event a jump has found; the text may have any characters. Or NULL.
	 */
	void (*say)(void *ctx, const char *text);
	void *ctx;

	struct skw_loop *loop;           /* borrowed */
	struct skw_table *table;         /* owned */
	struct skw_journal_entry *entry; /* owned */
	struct skw_watch_status status;
	int timer_fd;      /* owned; the caller sets it to -1 */
	uint64_t began_ns; /* CLOCK_MONOTONIC of the first entry that was shown; 0: none */
	uint64_t first_ns; /* and its recorded time */
	bool paused;
	enum skw_recording_jump jump; /* a jump that is not done yet */
	bool in_sweep;                /* rows of a sweep have come, whose end has not */
	uint64_t sweeps, refused;     /* numbers of sweeps, and of damaged entries */
};

/*
 * The wishes of the user, as current values. A jump is done also while it is paused; with `jump` 0
 * one that was begun goes on.
 */
void skw_recording_steer(struct skw_recording *r, bool paused, uint32_t speed,
			 enum skw_recording_jump jump);
/* Chooses the connection that is kept in full. 0: none. */
void skw_recording_follow(struct skw_recording *r, uint64_t cookie);

struct skw_sink skw_recording_sink(struct skw_recording *r);

#endif
