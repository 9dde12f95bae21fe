/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection (or a listener, or a UDP socket), for all rooms. No logic.
 *
 * An unknown value is all ones in the field's own type: SKW_NONE8, SKW_NONE32 and SKW_NONE64 of
 * abi/conn.h, or NULL for pointers. It is never 0. Times are CLOCK_MONOTONIC nanoseconds.
 */
#ifndef SKW_MODEL_ROW_H
#define SKW_MODEL_ROW_H

#include <linux/types.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi/conn.h"

/* A process that holds a socket. */
struct skw_owner {
	uint32_t pid; /* thread group id */
	char comm[SKW_COMM_LEN + 1];
};

/* All processes that hold a socket, sorted by pid. Rows with the same processes share this. */
struct skw_owners {
	uint32_t refs;
	uint32_t len; /* at least 1 */
	struct skw_owner list[];
};

enum skw_owner_source { SKW_OWNER_UNKNOWN, SKW_OWNER_HOLDER, SKW_OWNER_CREATOR };

enum skw_row_proto { SKW_PROTO_TCP, SKW_PROTO_UDP };

/*
 * The states as they are shown. The numbers are those of include/net/tcp_states.h if it has the
 * state.
 */
enum skw_row_state {
	SKW_STATE_ESTABLISHED = 1,
	SKW_STATE_SYN_SENT,
	SKW_STATE_SYN_RECV,
	SKW_STATE_FIN_WAIT1,
	SKW_STATE_FIN_WAIT2,
	SKW_STATE_TIME_WAIT,
	SKW_STATE_CLOSED,
	SKW_STATE_CLOSE_WAIT,
	SKW_STATE_LAST_ACK,
	SKW_STATE_LISTEN,
	SKW_STATE_CLOSING,
	SKW_STATE_UNCONN, /* a UDP socket without a peer */
	SKW_STATES
};

enum skw_close_reason {
	SKW_CLOSE_UNKNOWN, /* shown as null: the close was not seen */
	SKW_CLOSE_FIN,
	SKW_CLOSE_RESET_BY_PEER,
	SKW_CLOSE_RESET_BY_US,
	SKW_CLOSE_TIMEOUT,
	SKW_CLOSE_REFUSED,
	SKW_CLOSE_REASONS
};

/* The RTT of the last minute, one byte for each second: see row/history.h. */
#define SKW_ROW_HISTORY 60

/*
 * The table owns the row, its strings and its owners, and they stay valid as long as the row. A row
 * has at most 512 bytes, including the table's fields to find it.
 */
struct skw_row {
	/* The identity of the connection. */
	uint64_t cookie;
	uint8_t local_addr[16], remote_addr[16]; /* the format is that of struct skw_conn_rec */
	uint16_t local_port, remote_port;
	uint32_t netns;         /* inode number */
	const char *netns_name; /* interned; NULL if it has no name */
	uint64_t cgroup_id;     /* SKW_NONE64: unknown */
	const char *cgroup;     /* interned, the path below the mount point; NULL: unknown */
	const struct skw_owners *owners; /* NULL: unknown */
	const char *congestion;          /* interned; NULL: unknown */
	uint32_t uid;
	uint32_t inode;
	uint8_t owner_source; /* enum skw_owner_source */
	uint8_t proto;        /* enum skw_row_proto */
	uint8_t family;       /* AF_INET, AF_INET6 */
	uint8_t state;        /* enum skw_row_state */
	uint8_t direction;    /* enum skw_conn_direction */
	uint8_t close_reason; /* enum skw_close_reason */
	uint8_t timer;        /* enum skw_conn_timer; SKW_NONE8 */
	uint8_t flags;        /* SKW_ROW_* of abi/conn.h */

	/* Times. */
	uint64_t ts_ns; /* the time of the figures below */
	uint64_t opened_ns;
	uint64_t closed_ns; /* SKW_NONE64: it is open */
	uint64_t state_ns;
	uint64_t last_rto_ns;

	/* Figures of the kernel. */
	uint64_t bytes_acked, bytes_received, bytes_retrans;
	uint64_t delivery_rate_bps, pacing_rate_bps; /* in bits per second */
	uint64_t busy_us, rwnd_limited_us, sndbuf_limited_us;
	uint64_t timer_left_us;
	uint32_t srtt_us, rttvar_us, min_rtt_us, last_rtt_us, rtt_samples;
	uint32_t rtt_hist[SKW_RTT_BUCKETS];
	uint32_t rto_us, rto_count;
	uint32_t retrans_segs, retrans_events, lost_segs;
	uint32_t cwnd, ssthresh, mss;
	uint32_t segs_out, segs_in;
	uint32_t notsent, recv_q, send_q;
	uint32_t unacked, sacked, reordering;
	uint32_t rcv_rtt_us, snd_wnd;
	uint32_t drops;

	/* Figures that the table derives. */
	/* Bits per second over the last interval. SKW_NONE64: there were no two sweeps yet. */
	uint64_t tx_bps, rx_bps;
	uint8_t history[SKW_ROW_HISTORY]; /* a ring buffer, see row/history.h */
	uint8_t history_at;
	uint8_t changed; /* the state differs from that of the sweep before */
	uint8_t recent;  /* SKW_RECENT_* */
	uint8_t missed;  /* only for the table: the number of sweeps in a row without it */
	uint32_t seen;   /* only for the table: the number of the last sweep with it */
	uint32_t slot;   /* its place in the table: small, and reused after the row has gone */
};

#define SKW_RECENT_RTO     0x01 /* an RTO in the last 10 s */
#define SKW_RECENT_RETRANS 0x02 /* a retransmission in the last 10 s */

#endif
