/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text to standard output. A reader that has stopped must not keep a signal, or what else
 * ends a session, from doing so: it is waited for beside those, and given up in the end.
 */
#ifndef SKW_SINK_LINES_H
#define SKW_SINK_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"

struct skw_loop;

struct skw_lines {
	bool stream;                 /* standard output may make us wait: no regular file */
	const struct skw_loop *loop; /* lent: tells when the session is to end */
	uint64_t give_up_ns;         /* CLOCK_MONOTONIC until when to wait; 0: for ever */
};

void skw_lines_open(struct skw_lines *l, const struct skw_loop *loop);

/* The end is near: from now on a reader that takes nothing is waited for so long in all. */
void skw_lines_hurry(struct skw_lines *l, unsigned ms);

/* Gives everything in `text` out and empties it. 0 or -errno with err. */
int skw_lines_write(struct skw_lines *l, struct skw_buf *text, struct skw_error *err);

#endif
