/* SPDX-License-Identifier: BSD-2-Clause */
/* The upper part of the page: head figures, and charts of all connections together. */
#ifndef SKW_REPORT_SHEET_OVERVIEW_H
#define SKW_REPORT_SHEET_OVERVIEW_H

#include "report/sheet.h"
#include "util/buf.h"

void skw_sheet_overview_figures(struct skw_buf *out, const struct skw_sheet *s);
/* Which sections are missing, and why. */
void skw_sheet_overview_missing(struct skw_buf *out, const struct skw_sheet *s);
void skw_sheet_overview_charts(struct skw_buf *out, const struct skw_sheet *s);
/* Numbers of the charts for the page's script: members of an object of JSON. */
void skw_sheet_overview_json(struct skw_buf *out, const struct skw_sheet *s);

#endif
