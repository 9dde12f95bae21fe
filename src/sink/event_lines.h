/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink: events on standard output as they come, a line each. */
#ifndef SKW_SINK_EVENT_LINES_H
#define SKW_SINK_EVENT_LINES_H

#include "expr/expr.h"
#include "loop/sink.h"
#include "row/event_types.h"
#include "sink/lines.h"

struct skw_event_lines {
	/* Set by the caller, who keeps them until the sink is closed. */
	const struct skw_event_types *types;
	const struct skw_expr *where; /* NULL: all */
	uint64_t count;               /* 0: without end */
	bool json;

	struct skw_loop *loop; /* lent */
	struct skw_buf text;
	struct skw_lines out;
	uint64_t printed;
	bool announced;
};

struct skw_sink skw_event_lines_sink(struct skw_event_lines *e);

#endif
