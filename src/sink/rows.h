/* SPDX-License-Identifier: BSD-2-Clause */
/* A watch whose rows are printed once a tick. */
#ifndef SKW_SINK_ROWS_H
#define SKW_SINK_ROWS_H

#include "view/choice.h"
#include "watch/watch.h"

enum skw_batch_format { SKW_BATCH_TEXT, SKW_BATCH_JSON, SKW_BATCH_CSV };

struct skw_batch_plan {
	struct skw_watch_plan watch;
	const struct skw_view_options *view;
	enum skw_batch_format format; /* sums of groups are text */
	uint64_t iterations;          /* 0: without end */
};

int skw_batch_run(const struct skw_batch_plan *plan, struct skw_error *err);

#endif
