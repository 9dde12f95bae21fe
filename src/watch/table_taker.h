/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of connections as the taker of a watch. */
#ifndef SKW_WATCH_TABLE_TAKER_H
#define SKW_WATCH_TABLE_TAKER_H

#include "row/taker.h"

struct skw_table;

/* Borrows the table. */
struct skw_row_taker skw_table_taker(struct skw_table *table);

#endif
