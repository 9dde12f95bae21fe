/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink that prints the table's rows or sums of them on standard output after each sweep. */
#ifndef SKW_SINK_ROWS_H
#define SKW_SINK_ROWS_H

#include "loop/sink.h"
#include "sink/lines.h"
#include "view/view.h"

enum skw_rows_format { SKW_ROWS_TEXT, SKW_ROWS_JSON, SKW_ROWS_CSV };

struct skw_rows {
	/* The caller sets these and keeps them until the sink is closed. */
	const struct skw_view_options *view_options;
	enum skw_rows_format format;
	const char *host;    /* the name of this host */
	uint64_t iterations; /* 0: no limit */
	bool messages;       /* text has their columns, too */
	/* Beside the rows, these parts of the sink are the caller's. NULL: there are none. */
	int (*started)(void *ctx, struct skw_loop *loop, struct skw_error *err);
	void (*packets)(void *ctx, const struct skw_packet *run, size_t n);
	void (*pause)(void *ctx, uint64_t until_ns);
	void (*tick)(void *ctx); /* before the rows are printed */
	void *ctx;

	struct skw_loop *loop; /* borrowed */
	struct skw_view *view; /* owned */
	struct skw_buf text;
	struct skw_lines out;
	uint64_t printed; /* the number of iterations so far */
};

struct skw_sink skw_rows_sink(struct skw_rows *r);

#endif
