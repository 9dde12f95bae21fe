/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for lines that were learned from the same packets. The sink of lines hands each packet to
 * it before it prints the packet.
 */
#ifndef SKW_SINK_ASKED_LINES_H
#define SKW_SINK_ASKED_LINES_H

#include "asked/asked.h"
#include "dissect/printer.h"
#include "flow/flow.h"

struct skw_asked_lines {
	struct skw_asked *asked; /* owned; NULL: not used */
	struct skw_print_names print;
	struct skw_flow flow; /* of the packet that is being printed */
	uint64_t ts_ns;
	bool has_flow;
};

/* Fills in *l, which must not move afterwards. 0 or -ENOMEM. */
int skw_asked_lines_init(struct skw_asked_lines *l, const struct skw_asked_options *opt);
/* A zeroed struct is allowed. */
void skw_asked_lines_free(struct skw_asked_lines *l);

/* Learns from a packet, which is printed next. 0 or -ENOMEM. */
int skw_asked_lines_take(struct skw_asked_lines *l, const struct skw_packet *pkt);

#endif
