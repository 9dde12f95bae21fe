/* SPDX-License-Identifier: BSD-2-Clause */
/* Something TCP did, as every room sees it. No logic. */
#ifndef SKW_MODEL_EVENT_H
#define SKW_MODEL_EVENT_H

#include "model/row.h"

/*
 * A view: `row` belongs to the table that the event went through, and is valid until the next
 * call of it. It has at least the tuple and what was known of the owner then; for CLOSE it is
 * the whole final row.
 */
struct skw_event {
	uint64_t ts_ns; /* CLOCK_MONOTONIC */
	const struct skw_row *row;
	uint8_t type;                 /* enum skw_event_type, never SKW_EVENT_CREATOR */
	uint8_t old_state, new_state; /* enum skw_row_state: STATE, CLOSE */
	uint32_t rtt_us;              /* RTT */
	uint32_t rto_us, backoff;     /* RTO; backoff: how many timeouts in a row before it */
	uint32_t seq, segs;           /* RETRANS */
	int error;                    /* RETRANS: errno, or 0 */
	uint32_t backlog;             /* LISTEN */
	uint32_t handshake_us;        /* ESTABLISHED; SKW_NONE32 */
};

/*
 * An event as its source tells it, which may be the kernel or a recording. A table takes it, and
 * makes of it the struct skw_event that all others see.
 */
struct skw_event_told {
	/* Its row is NULL. Its type may be SKW_EVENT_CREATOR, which only a table needs. */
	struct skw_event event;
	/*
	 * A CLOSE tells a whole last row, with the state that it left and the close reason. Any
	 * other type tells which socket it is about (cookie, tuple, netns, cgroup_id, uid, inode,
	 * direction); then kind is 0.
	 */
	struct skw_row_sample socket;
	/* CREATOR: the process in connect() or listen(). */
	struct skw_owner creator;
};

#endif
