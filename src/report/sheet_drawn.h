/* SPDX-License-Identifier: BSD-2-Clause */
/* Details of a connection as they are drawn without the page's script, and on paper. */
#ifndef SKW_REPORT_SHEET_DRAWN_H
#define SKW_REPORT_SHEET_DRAWN_H

#include "report/sheet_connection.h"
#include "util/buf.h"

/* 0 or -ENOMEM. `number` is its place in the table, from 1 on. */
int skw_sheet_drawn_add(struct skw_buf *out, const struct skw_sheet_connection *c, size_t number);

#endif
