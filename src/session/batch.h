/* SPDX-License-Identifier: BSD-2-Clause */
/* A watch whose rows are printed once a tick. */
#ifndef SKW_SESSION_BATCH_H
#define SKW_SESSION_BATCH_H

#include "session/choice.h"
#include "session/watch.h"

enum skw_batch_format { SKW_BATCH_TEXT, SKW_BATCH_JSON, SKW_BATCH_CSV };

struct skw_batch_plan {
	struct skw_watch_plan watch;
	const struct skw_view_options *view;
	enum skw_batch_format format; /* sums of groups are text */
	uint64_t iterations;          /* 0: without end */
};

int skw_batch_run(const struct skw_batch_plan *plan, struct skw_error *err);

#endif
