/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sink that makes messages of packets and prints each as a line on standard output, or a table of
 * all of them at the end.
 */
#ifndef SKW_SINK_MESSAGE_LINES_H
#define SKW_SINK_MESSAGE_LINES_H

#include "expr/expr.h"
#include "loop/sink.h"
#include "message/messages.h"
#include "sink/lines.h"
#include "sink/message_summary.h"

struct skw_message_lines {
	/* The caller sets these, but not options.take, and keeps them until the sink is closed. */
	struct skw_messages_options options;
	const struct skw_expr *where; /* NULL: all messages */
	uint64_t count;               /* 0: no limit */
	uint64_t slow_ns; /* 0: all messages; else only slow ones and those that failed */
	struct skw_message_summary *summary; /* NULL: lines */
	bool json;
	bool live; /* the clock goes on where no packet comes */

	struct skw_messages *messages; /* owned */
	struct skw_loop *loop;         /* borrowed */
	struct skw_buf text;
	struct skw_lines out;
	uint64_t printed;      /* or counted in the summary */
	struct skw_error *err; /* lent, while messages are made */
	/* Figures, as they were when the sink was closed. */
	struct skw_messages_figures figures;
	struct skw_payloads_figures payloads;
};

struct skw_sink skw_message_lines_sink(struct skw_message_lines *l);

/* Brings the figures up to date. */
void skw_message_lines_count(struct skw_message_lines *l);

#endif
