/* SPDX-License-Identifier: BSD-2-Clause */
/* Sums of what happened within a tick. At its end they become rates in the totals. */
#ifndef SKW_TABLE_TOTALS_H
#define SKW_TABLE_TOTALS_H

#include <stdbool.h>

#include "model/event.h"
#include "model/totals.h"

struct skw_tick {
	uint64_t tx_bytes, rx_bytes;
	uint64_t rto, retrans, segs_out;
	uint64_t events;
	uint64_t rtt_hist[SKW_RTT_BUCKETS];
};

void skw_totals_init(struct skw_totals *t);

/*
 * Adds to a tick by how much a row's counters have grown. A counter that was unknown before counts
 * in full if the connection was opened (`born`) within the tick, and else not at all. `hist` is
 * that of `now`; NULL: unknown.
 */
void skw_totals_add(struct skw_tick *tick, const struct skw_row *before, const struct skw_row *now,
		    const uint32_t *hist, bool born);

/* The same for a socket of UDP, of which datagrams are counted. */
void skw_totals_add_datagrams(struct skw_tick *tick, const struct skw_row *before,
			      const struct skw_row_datagrams *now, bool born);

/*
 * Counts an RTO or a retransmission that no sweep has counted yet, in the row and in the tick. A
 * counter that is unknown stays so.
 */
void skw_totals_raise(struct skw_tick *tick, struct skw_row *row, const struct skw_event *event);

/* Rows are counted at the end of each sweep: begin, then each row. */
void skw_totals_count_begin(struct skw_totals *t);
void skw_totals_count(struct skw_totals *t, const struct skw_row *row);

/*
 * The end of a tick of this length (0: unknown): sets the rates, adds them to the history, and
 * begins the next tick.
 */
void skw_totals_end(struct skw_totals *t, struct skw_tick *tick, uint64_t length_ns);

#endif
