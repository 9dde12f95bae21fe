/* SPDX-License-Identifier: BSD-2-Clause */
/* An event of a connection, as every room sees it. No logic. */
#ifndef SKW_MODEL_EVENT_H
#define SKW_MODEL_EVENT_H

#include "model/row.h"

/*
 * A view: `row` belongs to the table that took the event, and is valid until that table is called
 * again. It has at least the tuple, and the owner if it was known. For CLOSE it is the last row
 * with all its figures.
 */
struct skw_event {
	uint64_t ts_ns; /* CLOCK_MONOTONIC */
	const struct skw_row *row;
	uint8_t type;                 /* enum skw_event_type, below SKW_EVENT_CREATOR */
	uint8_t old_state, new_state; /* enum skw_row_state: STATE, CLOSE */
	uint32_t rtt_us;              /* RTT */
	uint32_t rto_us, backoff;     /* RTO; backoff: number of timeouts in a row before it */
	uint32_t old_cwnd;            /* RTO: the congestion window before it; SKW_NONE32 */
	uint32_t seq, segs;           /* RETRANS */
	int error;                    /* CONNECT, RETRANS: errno, or 0 */
	uint32_t backlog;             /* LISTEN */
	uint32_t handshake_us;        /* ESTABLISHED; SKW_NONE32 */
	const char *where;            /* ENTER, LEAVE: the expression; NULL: unknown */
};

/*
 * An event as its source tells it, which may be the kernel or a recording. A table takes it and
 * makes the struct skw_event that the other rooms see.
 */
struct skw_event_told {
	/* Its row is NULL. Its type may be one of those that are not shown under their own name. */
	struct skw_event event;
	/*
	 * For CLOSE this is the last row with all its figures, the state that it left and the close
	 * reason. For the other types it says only which socket the event is about (cookie, tuple,
	 * netns, cgroup_id, uid, inode, direction), and `kind` is 0.
	 */
	struct skw_row_sample socket;
	/*
	 * CREATOR, CLOSER: the process that is in that system call. For WIRE the tuple of `socket`
	 * is that of packets, and event.new_state is LISTEN if a listener answers a SYN.
	 */
	struct skw_owner process;
};

#endif
