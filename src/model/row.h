/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection, a listener or a UDP socket as every room sees it. No logic.
 *
 * An unknown figure is all ones in its own type (SKW_NONE8, SKW_NONE32, SKW_NONE64 of abi/conn.h),
 * never 0. An unknown pointer is NULL. Times are CLOCK_MONOTONIC nanoseconds.
 */
#ifndef SKW_MODEL_ROW_H
#define SKW_MODEL_ROW_H

#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi/conn.h"
#include "model/tuple.h"

/* One process that holds a socket. */
struct skw_owner {
	uint32_t pid; /* thread group id */
	char comm[SKW_COMM_LEN + 1];
};

/* All processes that hold a socket, sorted by pid. Rows with the same owners share one set. */
struct skw_owners {
	uint32_t refs;
	uint32_t len; /* at least 1 */
	struct skw_owner list[];
};

struct skw_row_talk; /* model/row_talk.h */

/*
 * Few rows have these: the other end of a connection, as it has told by a mark (abi/mark.h) or as
 * this host has asked for it, the interface of link-local addresses, and the messages of the
 * connection.
 */
struct skw_remote {
	uint64_t cookie;                 /* SKW_NONE64: not told */
	uint32_t host;                   /* SKW_NONE32: not told */
	char comm[SKW_COMM_LEN + 1];     /* empty: not told */
	char scope[SKW_SCOPE_LEN + 1];   /* empty: none */
	const struct skw_row_talk *talk; /* NULL: no message was seen */
	const char *name;                /* printable ASCII; NULL: unknown */
	const char *name_source;         /* "dns", "sni"; static */
};

enum skw_owner_source {
	SKW_OWNER_UNKNOWN,
	SKW_OWNER_HOLDER,   /* found among the open files of all processes */
	SKW_OWNER_CREATOR,  /* called connect() or listen() */
	SKW_OWNER_LISTENER, /* the owners of the only listener that can have accepted it */
	SKW_OWNER_CLOSER,   /* closed it, or were the last to hold it */
	SKW_OWNER_SOURCES
};

/* States as they are shown. The states of TCP have the numbers of include/net/tcp_states.h. */
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
	SKW_CLOSE_UNKNOWN,     /* its end was not seen */
	SKW_CLOSE_FIN,         /* both sides' FINs were acknowledged */
	SKW_CLOSE_HALF_CLOSED, /* our FIN was acknowledged, and the peer had not sent one */
	SKW_CLOSE_RESET_BY_PEER,
	SKW_CLOSE_RESET_BY_US,
	SKW_CLOSE_TIMEOUT,
	SKW_CLOSE_REFUSED,
	SKW_CLOSE_ABORTED, /* this side gave up a connect() */
	SKW_CLOSE_REASONS
};

/* The RTTs of the last minute, one code a second, see row/history.h. */
#define SKW_ROW_HISTORY 60

struct skw_row_history {
	uint8_t codes[SKW_ROW_HISTORY]; /* a ring */
	uint8_t at;                     /* where the next code goes */
};

/*
 * The amounts that a socket of UDP has moved. A socket that was open before the counting began has
 * no totals, but its counts since then tell its rates.
 */
struct skw_row_datagrams {
	uint64_t packets_out, packets_in; /* totals; those of bytes are bytes_acked, _received */
	uint64_t seen_out, seen_in;       /* bytes */
	uint32_t seen_packets_out, seen_packets_in; /* they wrap around */
	/* Derived by the table: per second over the last tick. */
	uint32_t tx_pps, rx_pps, drop_rate;
	uint32_t quic; /* its version, see abi/quic.h; 0: none; SKW_NONE32: unknown */
} __attribute__((packed, aligned(4)));

/*
 * A row belongs to its table, and so does all that it points to. Its strings and its owners are
 * valid as long as the row is. Its extras (rtt_hist, history, datagrams) are valid until the table
 * changes: most rows have none, and an extra goes to another row when this one needs it no more
 * (row/extras.h). With what the table needs to find it, a row without extras takes 384 bytes at
 * most, as its memory has a budget.
 */
struct skw_row {
	/* Which socket it is. */
	uint64_t cookie;
	struct skw_tuple tuple;
	uint8_t state;     /* enum skw_row_state */
	uint8_t direction; /* enum skw_conn_direction */
	uint32_t netns;    /* inode number */
	uint32_t uid;
	uint32_t inode;
	uint8_t timer;          /* enum skw_conn_timer; SKW_NONE8 */
	uint8_t flags;          /* SKW_ROW_* of abi/conn.h */
	uint8_t owner_source;   /* enum skw_owner_source */
	uint8_t close_reason;   /* enum skw_close_reason */
	const char *netns_name; /* interned; NULL: the namespace has no name */
	uint64_t cgroup_id;     /* SKW_NONE64: unknown */
	const char *cgroup;     /* interned; the path below the mount point; NULL: unknown */
	const struct skw_owners *owners; /* NULL: unknown */
	const char *congestion;          /* interned; NULL: unknown */
	const struct skw_remote *remote; /* NULL: nothing of it is known */

	/* Times. */
	uint64_t ts_ns; /* when the figures were read */
	uint64_t opened_ns;
	uint64_t closed_ns; /* SKW_NONE64: open */
	uint64_t state_ns;

	/*
	 * The kernel's figures, from bytes_acked to drops: the table copies them as one block. Of
	 * UDP, bytes_acked are those that were sent.
	 */
	uint64_t bytes_acked, bytes_received, bytes_retrans;
	uint64_t delivery_rate_bps, pacing_rate_bps; /* bits per second */
	uint64_t busy_us, rwnd_limited_us, sndbuf_limited_us;
	uint64_t timer_left_us;
	uint32_t srtt_us, rttvar_us, min_rtt_us, last_rtt_us, rtt_samples;
	uint32_t rto_us, rto_count;
	uint32_t retrans_segs, retrans_events, lost_segs;
	uint32_t cwnd, ssthresh, mss;
	uint32_t segs_out, segs_in;
	uint32_t notsent, recv_q, send_q;
	uint32_t unacked, sacked, reordering;
	uint32_t rcv_rtt_us, snd_wnd;
	uint32_t drops;

	uint32_t *rtt_hist; /* SKW_RTT_BUCKETS counts. NULL: see row/row.h */

	/* Derived by the table. */
	/* Bits per second over the last tick; SKW_NONE64: two sweeps have not met it yet. */
	uint64_t tx_bps, rx_bps;
	union {
		struct skw_row_history *history; /* NULL: it was the same all the time */
		/* UDP has no round trips. NULL: not counted. See skw_row_set_proto(). */
		struct skw_row_datagrams *datagrams;
	};
	uint8_t history_code; /* of the last second of the history */
	uint8_t history_run;  /* that many of the last seconds have this code */
	uint8_t changed;      /* 1: its state is another than a tick ago */
	uint8_t recent;       /* SKW_RECENT_* */
};

/* The values of a socket that a sweep reports, or that are reported at its close. */
struct skw_row_sample {
	struct skw_row row; /* without pointers and what the table derives */
	uint32_t rtt_hist[SKW_RTT_BUCKETS];
	struct skw_row_datagrams datagrams; /* of UDP */
	uint8_t kind;                       /* enum skw_row_kind */
	char congestion[SKW_CA_LEN + 1];    /* empty: unknown */
	char scope[SKW_SCOPE_LEN + 1];      /* empty: none */
	uint32_t data_segs_in;              /* segments with data; SKW_NONE32 */
	uint64_t last_rto_ns;               /* its last timeout; SKW_NONE64 */
};

/* A sweep tells this of a connection at rest, in place of a sample: all that can have changed. */
struct skw_row_steady {
	uint64_t ts_ns, cookie, cgroup_id;
	uint64_t pacing_rate_bps, timer_left_us;
	uint32_t inode, uid;
	uint32_t rto_us, cwnd, ssthresh, mss;
	uint32_t segs_out, segs_in;
	uint32_t notsent, recv_q, send_q;
	uint8_t flags; /* SKW_ROW_ENROLLED or 0 */
	uint8_t timer;
	uint8_t family;
	char congestion[SKW_CA_LEN + 1];
};

static inline const struct skw_row_talk *skw_row_talk(const struct skw_row *row)
{
	return row->remote ? row->remote->talk : NULL;
}

#define SKW_RECENT_RTO     0x01 /* an RTO in the last 10 s */
#define SKW_RECENT_RETRANS 0x02 /* a retransmission in the last 10 s */
#define SKW_RECENT_DROPS   0x04 /* a listener dropped a connection in the last 10 s */

#endif
