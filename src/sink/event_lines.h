/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink that prints each event as a line on standard output. */
#ifndef SKW_SINK_EVENT_LINES_H
#define SKW_SINK_EVENT_LINES_H

#include "expr/expr.h"
#include "journal/journal_read.h"
#include "loop/sink.h"
#include "row/event_types.h"
#include "sink/lines.h"

struct skw_event_lines {
	/* The caller sets these and keeps them until the sink is closed. */
	const struct skw_event_types *types;
	const struct skw_expr *where; /* NULL: all events */
	uint64_t count;               /* 0: no limit */
	const char *host;             /* the name of this host */
	bool json;
	bool recorded; /* events are entries in a file, whose times are real */
	bool names;    /* JSON of each event has the name of the remote end */
	/* Beside the lines, these parts of the sink are the caller's. NULL: there are none. */
	int (*started)(void *ctx, struct skw_loop *loop, struct skw_error *err);
	void (*packets)(void *ctx, const struct skw_packet *run, size_t n);
	void (*pause)(void *ctx);
	/* Changes an event before it is looked at. The result is valid until the next one. */
	const struct skw_event *(*change)(void *ctx, const struct skw_event *event);
	void *ctx;

	struct skw_journal_entry *entry; /* owned; NULL: not used */
	uint64_t read, refused;          /* numbers of entries: events, and damaged ones */
	struct skw_loop *loop;           /* borrowed */
	struct skw_buf text;
	struct skw_lines out;
	uint64_t printed;
	bool announced;
};

struct skw_sink skw_event_lines_sink(struct skw_event_lines *e);

#endif
