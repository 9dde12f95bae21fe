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

struct skw_lines {
	bool stream; /* standard output is not a regular file, so a write may block */
	/* Borrowed; becomes readable when the session must end. -1: there is none. */
	int interrupt_fd;
	uint64_t give_up_ns; /* CLOCK_MONOTONIC time at which waiting ends; 0: not set */
};

void skw_lines_open(struct skw_lines *l, int interrupt_fd);

/*
 * The session ends soon: a reader that takes nothing is waited for at most `ms` milliseconds from
 * now.
 */
void skw_lines_hurry(struct skw_lines *l, unsigned ms);

/* Writes everything in `text` and empties it. Returns 0, or -errno with err filled. */
int skw_lines_write(struct skw_lines *l, struct skw_buf *text, struct skw_error *err);

#endif
