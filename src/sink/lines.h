/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes text to standard output. A reader that has stopped must not delay a signal or another end
 * of the session, so this waits for the reader and the end at once, and gives up some time after
 * the end.
 */
#ifndef SKW_SINK_LINES_H
#define SKW_SINK_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"

struct skw_loop;

struct skw_lines {
	bool stream;           /* standard output may make us wait: no regular file */
	bool may_leave;        /* the session ends in order when the reader has gone */
	struct skw_loop *loop; /* lent: tells when the session is to end */
	uint64_t give_up_ns;   /* CLOCK_MONOTONIC until when to wait; 0: for ever */
};

void skw_lines_open(struct skw_lines *l, struct skw_loop *loop);

/*
 * To be called after skw_lines_open() where a reader such as head(1) may leave when it has enough:
 * the session then ends at once and without an error. Returns 0, or -errno with err filled.
 */
int skw_lines_let_leave(struct skw_lines *l, struct skw_error *err);

/*
 * The session ends soon: a reader that takes nothing is waited for at most `ms` milliseconds from
 * now.
 */
void skw_lines_hurry(struct skw_lines *l, unsigned ms);

/* Writes everything in `text` and empties it. Returns 0, or -errno with err filled. */
int skw_lines_write(struct skw_lines *l, struct skw_buf *text, struct skw_error *err);

#endif
