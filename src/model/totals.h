/* SPDX-License-Identifier: BSD-2-Clause */
/* What all connections of a host add up to, as the head of the screen shows it. No logic. */
#ifndef SKW_MODEL_TOTALS_H
#define SKW_MODEL_TOTALS_H

#include <stddef.h>

#include "model/row.h"

#define SKW_TOTALS_HISTORY 60

/* Rates are per second over the last tick; NAN: unknown. */
struct skw_totals {
	size_t rows;               /* of TCP, without closed ones and listeners */
	size_t states[SKW_STATES]; /* rows of TCP by state, without closed ones */
	size_t closed;             /* closed rows that are kept */
	size_t udp;
	size_t netns;                  /* namespaces with a row */
	double rx_bps, tx_bps;         /* bits per second */
	double rtt_p50_us, rtt_p99_us; /* of the samples of the last tick */
	double rto_per_s, retrans_per_s;
	double retrans_ratio; /* segments sent again, of all that were sent: 0..1 */
	double events_per_s;
	uint64_t bad_records; /* refused; any is a defect */
	/* A minute of ticks, oldest first; `history` of them are there. */
	unsigned history;
	double rx_history[SKW_TOTALS_HISTORY], tx_history[SKW_TOTALS_HISTORY];
	double rtt_p50_history[SKW_TOTALS_HISTORY], rto_history[SKW_TOTALS_HISTORY];
	double retrans_history[SKW_TOTALS_HISTORY];
};

#endif
