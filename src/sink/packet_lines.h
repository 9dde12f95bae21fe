/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink that prints packets as lines on standard output. */
#ifndef SKW_SINK_PACKET_LINES_H
#define SKW_SINK_PACKET_LINES_H

#include "dissect/printer.h"
#include "journal/journal_read.h"
#include "loop/sink.h"
#include "flow/captured.h"
#include "sink/asked_lines.h"
#include "sink/comment_owners.h"
#include "sink/lines.h"
#include "util/buf.h"

struct skw_packet_lines {
	/* The caller sets these and keeps them until the sink is closed. */
	const struct skw_print_options *print;
	const struct skw_packet_kind *kind;
	/*
	 * Entries of a journal become lines, too: all, or with `some` those of connections that
	 * had a packet.
	 */
	bool events, some;
	struct skw_asked_lines *names; /* of hosts, from these packets; NULL: none */

	struct skw_comment_owners owners; /* of the packet that is being printed */
	struct skw_journal_entry *entry;  /* owned; NULL: not used */
	struct skw_captured *captured;    /* owned; NULL: not used */
	struct skw_printer *printer;      /* owned */
	struct skw_buf text;
	struct skw_lines out;
	bool several; /* lines contain the packet's interface */
};

/* Prints a remark about this time between the packets. Only after `open` and before `close`. */
void skw_packet_lines_remark(struct skw_packet_lines *l, uint64_t real_ns, const char *text);

struct skw_sink skw_packet_lines_sink(struct skw_packet_lines *l);

#endif
