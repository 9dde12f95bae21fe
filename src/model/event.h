/* SPDX-License-Identifier: BSD-2-Clause */
/* An event of a TCP connection, for all rooms. No logic. */
#ifndef SKW_MODEL_EVENT_H
#define SKW_MODEL_EVENT_H

#include "model/row.h"

/*
 * An event owns nothing. `row` belongs to the table that the event went through, and is valid until
 * that table is called again. The row has at least the tuple, and the owner if it is known by then.
 * For CLOSE it is the complete final row.
 */
struct skw_event {
	uint64_t ts_ns; /* CLOCK_MONOTONIC */
	const struct skw_row *row;
	uint8_t type;                 /* enum skw_event_type, never SKW_EVENT_CREATOR */
	uint8_t old_state, new_state; /* enum skw_row_state: only STATE, CLOSE */
	uint32_t rtt_us;              /* only RTT */
	/* Only RTO. `backoff` is the number of timeouts in a row before it. */
	uint32_t rto_us, backoff;
	uint32_t seq, segs;    /* only RETRANS */
	int error;             /* only RETRANS: errno, or 0 */
	uint32_t backlog;      /* only LISTEN */
	uint32_t handshake_us; /* only ESTABLISHED; SKW_NONE32: unknown */
};

#endif
