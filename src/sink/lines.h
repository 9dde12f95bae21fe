/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes text to standard output, or gives it to a sender. A reader that has stopped must not delay
 * a signal or another end of the session, so this waits for the reader and the end at once, and
 * gives up some time after the end.
 */
#ifndef SKW_SINK_LINES_H
#define SKW_SINK_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"

struct skw_loop;

/* Where lines of JSON go instead of standard output. */
struct skw_lines_to {
	/* Completes the line that ends `text`. */
	void (*line)(void *ctx, struct skw_buf *text);
	/* Takes the text, which it borrows. 0, or -errno with err filled. */
	int (*take)(void *ctx, const struct skw_buf *text, struct skw_error *err);
	/* Whether there is room; and the wait for it, likewise. */
	bool (*has_room)(const void *ctx);
	int (*wait)(void *ctx, struct skw_error *err);
	void *ctx;
	size_t most; /* bytes of text that go there together; a line more is allowed */
};

struct skw_lines {
	const struct skw_lines_to *to; /* borrowed; the caller sets it. NULL: standard output */
	bool stream;                   /* standard output may make us wait: no regular file */
	bool may_leave;                /* the session ends in order when the reader has gone */
	struct skw_loop *loop;         /* lent: tells when the session is to end */
	uint64_t give_up_ns;           /* CLOCK_MONOTONIC until when to wait; 0: for ever */
};

/* Keeps `to`. */
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

/* A line was added to the text. Returns whether the text should be written now. */
bool skw_lines_add(const struct skw_lines *l, struct skw_buf *text);

/*
 * Whether more lines can be made. Waits for that if `wait` is true, or returns 0 if they can't. 1:
 * they can; or -errno with err filled.
 */
int skw_lines_make_room(const struct skw_lines *l, bool wait, struct skw_error *err);

/* Writes everything in `text` and empties it. Returns 0, or -errno with err filled. */
int skw_lines_write(struct skw_lines *l, struct skw_buf *text, struct skw_error *err);

#endif
