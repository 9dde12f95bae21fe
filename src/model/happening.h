/* SPDX-License-Identifier: BSD-2-Clause */
/* An event that is remembered without its row, as a line of a connection's story. No logic. */
#ifndef SKW_MODEL_HAPPENING_H
#define SKW_MODEL_HAPPENING_H

#include <stdint.h>

struct skw_happening {
	uint64_t ts_ns;               /* CLOCK_MONOTONIC */
	uint8_t type;                 /* enum skw_event_type */
	uint8_t old_state, new_state; /* enum skw_row_state: STATE, CLOSE */
	uint8_t close_reason;         /* enum skw_close_reason: CLOSE */
	uint32_t args[2]; /* RTO: rto_us, backoff; RETRANS: seq, segs; ESTABLISHED: handshake_us */
	int32_t error;    /* RETRANS: errno, or 0 */
};

#endif
