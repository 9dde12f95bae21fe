/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink: the line that stays at the bottom of a terminal while a file is written. */
#ifndef SKW_SINK_STATUS_H
#define SKW_SINK_STATUS_H

#include "loop/sink.h"

/* What the line tells. */
struct skw_status_figures {
	uint64_t packets, bytes, dropped;
	const char *file;
};

struct skw_status {
	/* Asked once a second; set by the caller. 0, or -errno: nothing is shown. */
	int (*figures)(void *ctx, struct skw_status_figures *figures);
	void *ctx;

	struct skw_loop *loop;   /* lent */
	int fd;                  /* owned: a timer */
	uint64_t packets, at_ns; /* of the last time, for rates */
};

struct skw_sink skw_status_sink(struct skw_status *s);

#endif
