/* SPDX-License-Identifier: BSD-2-Clause */
/* The sinks of packets that a plan asks for: files, lines, the status line, or only a count. */
#ifndef SKW_SESSION_OUTPUTS_H
#define SKW_SESSION_OUTPUTS_H

#include "keeper/privileges.h"
#include "loop/loop.h"
#include "session/plan.h"
#include "sink/packet_lines.h"
#include "sink/recorder.h"
#include "sink/status.h"
#include "sink/tee.h"

/* What the outputs need to know of the source. */
struct skw_outputs_source {
	const struct skw_packet_kind *kind;
	/* As struct skw_recorder_options has it; NULL: none. */
	int (*stats)(void *ctx, uint32_t place, struct skw_iface_stats *stats);
	/* How many packets were dropped so far; NULL: no status line. 0 or -errno. */
	int (*dropped)(void *ctx, uint64_t *dropped);
	void *ctx;
};

struct skw_outputs {
	const struct skw_session_plan *plan;
	const struct skw_outputs_source *source;
	struct skw_identity who;
	struct skw_verbs_files files;
	struct skw_keeper_table *tables[1];
	struct skw_recorder *recorder; /* owned; NULL: no file */
	struct skw_packet_lines lines;
	struct skw_status status;
	struct skw_tee tee;
	struct skw_sink sink;
};

/* Fills in *o, which must not move and is freed in any case. `source` is lent. 0 or -errno. */
int skw_outputs_make(struct skw_outputs *o, const struct skw_session_plan *plan,
		     const struct skw_outputs_source *source, struct skw_error *err);
void skw_outputs_free(struct skw_outputs *o);

/* Fills in what the loop's plan has of outputs: sink, tables, user, duration. */
void skw_outputs_plan(struct skw_outputs *o, struct skw_loop_plan *plan);

/* With --count: how many packets there were. */
void skw_outputs_print_count(const struct skw_outputs *o);

#endif
