/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rates, over the time between two sweeps. For a connection or socket that was opened within that
 * time (`born`) the whole tick counts, which began at `tick_begin_ns`, or ten bytes in its first
 * microseconds would make it the fastest of all.
 */
#ifndef SKW_ROW_RATES_H
#define SKW_ROW_RATES_H

#include <stdbool.h>

#include "model/row.h"

/* The row has the figures of the sweep before, and gets its rates from those of `now`. */
void skw_rates_of_bytes(struct skw_row *row, const struct skw_row *now, bool born,
			uint64_t tick_begin_ns);

/* The same of UDP. *out are the datagrams of `now`, and get the rates that are theirs. */
void skw_rates_of_datagrams(struct skw_row *row, const struct skw_row *now, bool born,
			    uint64_t tick_begin_ns, struct skw_row_datagrams *out);

/* As skw_rates_of_bytes(), for a connection on which no byte has moved until this time. */
void skw_rates_of_rest(struct skw_row *row, uint64_t ts_ns);

/* A connection that is over has no rates, and must not keep those of its last tick. */
void skw_rates_stop(struct skw_row *row);

#endif
