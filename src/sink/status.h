/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink that shows a status line at the bottom of the terminal while a file is written. */
#ifndef SKW_SINK_STATUS_H
#define SKW_SINK_STATUS_H

#include "loop/sink.h"

struct skw_status_figures {
	uint64_t packets, bytes, dropped;
	const char *file;
};

struct skw_status {
	/*
	 * The caller sets this. It is called once a second and returns 0, or -errno if nothing can
	 * be shown.
	 */
	int (*figures)(void *ctx, struct skw_status_figures *figures);
	void *ctx;

	struct skw_loop *loop;   /* borrowed */
	int fd;                  /* owned: a timer */
	uint64_t packets, at_ns; /* the figures of the previous line, for rates */
};

struct skw_sink skw_status_sink(struct skw_status *s);

#endif
