/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink: packets as lines on standard output. */
#ifndef SKW_SINK_PACKET_LINES_H
#define SKW_SINK_PACKET_LINES_H

#include "dissect/printer.h"
#include "loop/sink.h"
#include "sink/lines.h"
#include "util/buf.h"

struct skw_packet_lines {
	/* Set by the caller, who keeps them until the sink is closed. */
	const struct skw_print_options *print;
	const struct skw_packet_kind *kind;

	struct skw_printer *printer; /* owned */
	struct skw_buf text;
	struct skw_lines out;
	bool several; /* lines name the packets' interfaces */
};

struct skw_sink skw_packet_lines_sink(struct skw_packet_lines *l);

#endif
