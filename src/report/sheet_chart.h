/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Charts as SVG. A plot is stretched to the width of the page, so its labels are beside it in HTML,
 * and lines have a width that is not stretched. Values are shares of the height, 0 to 1; below 0
 * there is none.
 */
#ifndef SKW_REPORT_SHEET_CHART_H
#define SKW_REPORT_SHEET_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

#define SKW_SHEET_CHART_WIDTH  1000
#define SKW_SHEET_CHART_HEIGHT 100

struct skw_sheet_chart {
	const char *title;  /* plain text */
	const char *legend; /* "class=text|class=text": the marks that explain the classes */
	const char *top, *middle, *bottom; /* labels of its height, UTF-8 that needs no escape */
	const char *kind;                  /* a class of its own */
};

void skw_sheet_chart_begin(struct skw_buf *out, const struct skw_sheet_chart *c);
void skw_sheet_chart_end(struct skw_buf *out);

/* n values over the whole width. */
void skw_sheet_chart_area(struct skw_buf *out, const char *kind, const double *v, size_t n);
void skw_sheet_chart_line(struct skw_buf *out, const char *kind, const double *v, size_t n);
void skw_sheet_chart_bars(struct skw_buf *out, const char *kind, const double *v, size_t n);
/* Labels of real times below the charts, in UTC. */
void skw_sheet_chart_times(struct skw_buf *out, uint64_t from_ns, uint64_t to_ns);

#endif
