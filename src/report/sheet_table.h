/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of connections. */
#ifndef SKW_REPORT_SHEET_TABLE_H
#define SKW_REPORT_SHEET_TABLE_H

#include "report/sheet.h"
#include "util/buf.h"

void skw_sheet_table_html(struct skw_buf *out, const struct skw_sheet *s);
/* The values that columns are sorted by: a member of an object of JSON. */
void skw_sheet_table_json(struct skw_buf *out, const struct skw_sheet *s);

#endif
