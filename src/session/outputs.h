/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the sinks that a plan needs for packets: files, lines, the status line, or only a count. */
#ifndef SKW_SESSION_OUTPUTS_H
#define SKW_SESSION_OUTPUTS_H

#include "keeper/privileges.h"
#include "keylog/keylog.h"
#include "loop/loop.h"
#include "resolve/resolve.h"
#include "session/flight.h"
#include "session/plan/plan.h"
#include "sink/packet_lines.h"
#include "sink/record/recorder.h"
#include "sink/status.h"
#include "sink/summary.h"
#include "sink/tee.h"

/* The parts of a source that the outputs need. */
struct skw_outputs_source {
	const struct skw_packet_kind *kind;
	/* See struct skw_recorder_options. May be NULL. */
	const struct skw_iface *(*iface)(void *ctx, uint32_t place);
	int (*stats)(void *ctx, uint32_t place, struct skw_iface_stats *stats);
	/* Returns the number of dropped packets so far. NULL: there is no status line. */
	uint64_t (*dropped)(void *ctx);
	/* Whether packets can't be held back, for want of room. NULL: the source is a file. */
	bool (*is_pressed)(void *ctx);
	void *ctx;
};

#define SKW_OUTPUTS_SOURCES 3

struct skw_outputs {
	const struct skw_session_plan *plan;
	const struct skw_outputs_source *source;
	struct skw_identity who;
	struct skw_verbs_files files;
	struct skw_keeper_table *tables[1];
	/* Owned. One of them is NULL, and both are if no file is written. */
	struct skw_recorder *recorder;
	struct skw_record_triggers *triggers; /* a file for each trigger */
	struct skw_keylog_plan keylog_plan;
	struct skw_keylog *keylog; /* owned; NULL if there is no key log */
	struct skw_source sources[SKW_OUTPUTS_SOURCES + 1];
	struct skw_resolve *names; /* owned; NULL if lines have numbers */
	struct skw_asked_options asked_options;
	struct skw_asked_lines asked; /* owned; not used if lines have numbers */
	struct skw_print_options print;
	struct skw_packet_lines lines;
	struct skw_status status;
	struct skw_summary summary;
	struct skw_flight_session flight; /* its plan is NULL if everything is recorded */
	struct skw_tee tee;
	struct skw_sink sink;
};

/*
 * Fills in *o, which must not move afterwards. The caller frees it, even after an error. `source`
 * is borrowed. Returns 0 or -errno.
 */
int skw_outputs_make(struct skw_outputs *o, const struct skw_session_plan *plan,
		     const struct skw_outputs_source *source, struct skw_error *err);
void skw_outputs_free(struct skw_outputs *o);

/*
 * Fills in the outputs' part of the loop's plan: sink, tables, user, duration; and its sources,
 * which are those given, at most SKW_OUTPUTS_SOURCES, and those that only add to the output.
 */
void skw_outputs_plan(struct skw_outputs *o, const struct skw_source *sources, size_t len,
		      struct skw_loop_plan *plan);

/* The number of packets that were taken but are not in the files. Valid at the end. */
uint64_t skw_outputs_lost(const struct skw_outputs *o);

/* With --count, prints the number of packets. */
void skw_outputs_print_count(const struct skw_outputs *o);

#endif
