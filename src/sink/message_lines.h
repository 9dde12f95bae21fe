/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sink that makes messages of packets and prints each as a line on standard output, or a table of
 * all of them at the end.
 */
#ifndef SKW_SINK_MESSAGE_LINES_H
#define SKW_SINK_MESSAGE_LINES_H

#include "asked/asked.h"
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
	bool names; /* learn the names of servers, with `asked_options` */
	struct skw_asked_options asked_options;
	/*
	 * Set by a stage that hears of each message and gives packets itself, with
	 * skw_message_lines_feed(). The sink takes none then.
	 */
	bool fed;
	void (*told)(void *ctx, const struct skw_message *m);
	void *told_ctx;
	bool live; /* the clock goes on where no packet comes */

	struct skw_messages *messages; /* owned */
	struct skw_asked *asked;       /* owned; NULL: nothing is learned */
	struct skw_loop *loop;         /* borrowed */
	struct skw_buf text;
	struct skw_lines out;
	uint64_t printed;      /* or counted in the summary */
	struct skw_error *err; /* lent, while messages are made */
	int failure; /* of a packet that was fed, and the reason: told at the next pause */
	struct skw_error why;
	/* Figures, as they were when the sink was closed. */
	struct skw_messages_figures figures;
	struct skw_payloads_figures payloads;
	struct skw_asked_figures named;
};

struct skw_sink skw_message_lines_sink(struct skw_message_lines *l);

/* A packet, with `fed`. */
void skw_message_lines_feed(struct skw_message_lines *l, const struct skw_packet *pkt);

/* Brings the figures up to date. */
void skw_message_lines_count(struct skw_message_lines *l);

#endif
