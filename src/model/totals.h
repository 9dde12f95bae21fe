/* SPDX-License-Identifier: BSD-2-Clause */
/* Sums over all connections, as the head of the screen shows them. No logic. */
#ifndef SKW_MODEL_TOTALS_H
#define SKW_MODEL_TOTALS_H

#include <stddef.h>

#include "model/row.h"

#define SKW_TOTALS_HISTORY 60

/* Rates are per second over the last tick. An unknown figure is NAN. */
struct skw_totals {
	size_t rows;               /* of TCP, without closed ones and listeners */
	size_t states[SKW_STATES]; /* rows of TCP by state, without closed ones */
	size_t closed;             /* closed rows of TCP that are kept */
	size_t udp;
	size_t netns;                  /* namespaces with a row */
	double rx_bps, tx_bps;         /* bits per second */
	double rtt_p50_us, rtt_p99_us; /* of the samples of the last tick */
	double rto_per_s, retrans_per_s;
	double retrans_ratio; /* share of the sent segments that were sent again, 0..1 */
	double events_per_s;
	uint64_t bad_records; /* records that were refused; each is a defect of ours */
	/* The first `history` figures are those of the last ticks, oldest first. */
	unsigned history;
	double rx_history[SKW_TOTALS_HISTORY], tx_history[SKW_TOTALS_HISTORY];
	double rtt_p50_history[SKW_TOTALS_HISTORY], rto_history[SKW_TOTALS_HISTORY];
	double retrans_history[SKW_TOTALS_HISTORY];
};

#endif
