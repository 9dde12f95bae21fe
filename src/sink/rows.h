/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink: the rows of the table, or sums of them, on standard output once a tick. */
#ifndef SKW_SINK_ROWS_H
#define SKW_SINK_ROWS_H

#include "loop/sink.h"
#include "sink/lines.h"
#include "view/view.h"

enum skw_rows_format { SKW_ROWS_TEXT, SKW_ROWS_JSON, SKW_ROWS_CSV };

struct skw_rows {
	/* Set by the caller, who keeps them until the sink is closed. */
	const struct skw_view_options *view_options;
	enum skw_rows_format format; /* sums of groups are text */
	uint64_t iterations;         /* 0: without end */

	struct skw_loop *loop; /* lent */
	struct skw_view *view; /* owned */
	struct skw_buf text;
	struct skw_lines out;
	uint64_t printed; /* iterations */
};

struct skw_sink skw_rows_sink(struct skw_rows *r);

#endif
