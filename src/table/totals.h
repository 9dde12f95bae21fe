/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened within a tick, summed while records come, made into figures at its end. */
#ifndef SKW_TABLE_TOTALS_H
#define SKW_TABLE_TOTALS_H

#include <stdbool.h>

#include "model/totals.h"

struct skw_tick {
	uint64_t tx_bytes, rx_bytes;
	uint64_t rto, retrans, segs_out;
	uint64_t events;
	uint64_t rtt_hist[SKW_RTT_BUCKETS];
};

void skw_totals_init(struct skw_totals *t);

/*
 * What a row adds to a tick: the difference of its counters, or all of a counter that was
 * unknown if the connection is known to be `born` within the tick.
 */
void skw_totals_add(struct skw_tick *tick, const struct skw_row *before, const struct skw_row *now,
		    bool born);

/* Rows are counted anew at the end of each sweep. */
void skw_totals_count_begin(struct skw_totals *t);
void skw_totals_count(struct skw_totals *t, const struct skw_row *row);

/* The rates of a tick of this length (0: unknown), put into the history; the tick begins anew. */
void skw_totals_end(struct skw_totals *t, struct skw_tick *tick, uint64_t length_ns);

/* The time below which a share (0..1) of the samples lies, within its bucket by proportion; NAN. */
double skw_totals_quantile(const uint64_t hist[SKW_RTT_BUCKETS], double share);

#endif
