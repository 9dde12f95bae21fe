/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The data that crosses the kernel boundary for connections: a row of a sweep, a holder of a
 * socket, an event, and the aggregates in socket storage. bpf/ and src/ include it; before it,
 * either vmlinux.h or <linux/types.h> must have defined __u8 to __u64.
 *
 * An unknown figure is all ones (SKW_NONE32, SKW_NONE64, SKW_NONE8), never 0. Times are
 * CLOCK_MONOTONIC nanoseconds. Ports are in host order. Addresses are in network order: an IPv4
 * address is the first four bytes, and the others are 0.
 */
#ifndef SKW_ABI_CONN_H
#define SKW_ABI_CONN_H

#define SKW_NONE8     0xffU
#define SKW_NONE32    0xffffffffU
#define SKW_NONE64    0xffffffffffffffffULL

#define SKW_COMM_LEN  16
#define SKW_CA_LEN    16
#define SKW_SCOPE_LEN 16 /* IFNAMSIZ */

/*
 * RTT histogram: bucket 0 counts samples under 32 us, bucket i (1..14) those in
 * [2^(i+4), 2^(i+5)) us, bucket 15 all from 2^19 us (524 ms) on.
 */
#define SKW_RTT_BUCKETS 16

/* The kind of socket that a row was read from. It decides which fields of the row can be known. */
enum skw_row_kind {
	SKW_ROW_TCP = 1,   /* a full TCP socket, listeners included */
	SKW_ROW_TIME_WAIT, /* its connection's cookie, addresses, netns, timer_left_us */
	SKW_ROW_SYN_RECV,  /* a request socket: addresses, netns, uid, retrans_segs */
	SKW_ROW_UDP,       /* addresses, netns, uid, queues, drops; what our programs counted */
};

/* The socket has our callback flags: its RTT samples, RTOs and events are counted. */
#define SKW_ROW_ENROLLED 0x01
/* rate_app_limited: the application limited the last rate sample. */
#define SKW_ROW_APP_LIMITED 0x02
/* It is not known whether the application limits the rate. */
#define SKW_ROW_APP_UNKNOWN 0x08

/*
 * The facts that a socket shows at its close, beside the error on it. sk_lock.owned is set while a
 * process is in a system call on the socket, so a callback then runs in that process. It is not set
 * for packets and timers.
 */
#define SKW_END_LOCAL    0x01 /* a process closes it: sk_lock.owned */
#define SKW_END_PEER_FIN 0x02 /* the peer's FIN has arrived: SOCK_DONE */
#define SKW_END_ACKED    0x04 /* all that was sent is acknowledged, also a FIN */
#define SKW_END_GAVE_UP  0x08 /* its timer has fired too often without an answer */
#define SKW_END_REPLACED 0x10 /* a TIME_WAIT socket has taken its place */
#define SKW_END_ICMP     0x20 /* an ICMP message has told an error, which ended nothing */

enum skw_conn_direction { SKW_CONN_UNKNOWN, SKW_CONN_IN, SKW_CONN_OUT };

/* The names are those of `ss -o`. */
enum skw_conn_timer {
	SKW_TIMER_NONE,
	SKW_TIMER_ON, /* retransmission, tail loss probe or reordering */
	SKW_TIMER_KEEPALIVE,
	SKW_TIMER_TIMEWAIT,
	SKW_TIMER_PERSIST,
};

struct skw_conn_rec {
	__u64 ts_ns;     /* when it was read */
	__u64 cookie;    /* SKW_NONE64 for a request socket without a cookie */
	__u64 cgroup_id; /* kernfs id: the inode number of its folder in cgroup v2 */
	__u64 opened_ns; /* time of connect() or of establishment, if it was seen */
	__u64 state_ns;  /* time of the last change of state that was seen */
	__u64 last_rto_ns;
	__u64 bytes_acked;    /* RFC 4898 tcpEStatsAppHCThruOctetsAcked, so SYN and FIN count */
	__u64 bytes_received; /* without the FIN */
	__u64 bytes_retrans;
	__u64 delivery_rate; /* bytes per second */
	__u64 pacing_rate;   /* bytes per second */
	union {
		struct {
			__u64 busy_us, rwnd_limited_us, sndbuf_limited_us;
		};
		/*
		 * Of UDP, as bytes_acked and bytes_received: what our programs counted, and the
		 * version of QUIC that a datagram told (0: none did).
		 */
		struct {
			__u64 packets_out, packets_in, quic;
		};
	};
	__u64 timer_left_us; /* keepalive takes hours */
	__u8 local_addr[16], remote_addr[16];
	__u16 local_port, remote_port;
	__u8 kind;      /* enum skw_row_kind */
	__u8 family;    /* AF_INET (2) or AF_INET6 (10), the socket's */
	__u8 state;     /* include/net/tcp_states.h; 3 for request sockets */
	__u8 flags;     /* SKW_ROW_* */
	__u8 timer;     /* enum skw_conn_timer; SKW_NONE8 */
	__u8 direction; /* enum skw_conn_direction */
	__u8 ending;    /* SKW_END_*; 0 in a sweep */
	__u8 reserved;
	__u32 netns; /* inode number of the namespace */
	__u32 inode; /* of the socket; 0: no process holds it */
	__u32 uid;
	__u32 sk_err; /* errno on the socket; 0: none */
	__u32 srtt_us, rttvar_us, min_rtt_us;
	__u32 last_rtt_us, max_rtt_us, rtt_samples; /* our programs count these */
	__u32 rtt_hist[SKW_RTT_BUCKETS];
	__u32 rto_us;
	__u32 rto_count;      /* timeouts that our programs saw */
	__u32 retrans_segs;   /* the kernel's total */
	__u32 retrans_events; /* retransmissions that our programs saw, failed ones included */
	__u32 lost_segs;      /* the kernel's total */
	__u32 cwnd, ssthresh, mss;
	__u32 segs_out, segs_in, data_segs_in;
	/*
	 * Bytes, in which SYN and FIN don't count. Of a listener, recv_q is the number of waiting
	 * connections, send_q their limit.
	 */
	__u32 notsent, recv_q, send_q;
	__u32 unacked, sacked, reordering;
	__u32 rcv_rtt_us, snd_wnd;
	__u32 drops; /* of UDP sockets and of listeners */
	/*
	 * The interface of link-local addresses: its index, 0 for other addresses, and its name,
	 * which is empty if it was not found.
	 */
	__u32 scope_id;
	char congestion[SKW_CA_LEN]; /* NUL-padded; empty: unknown */
	char scope[SKW_SCOPE_LEN];
};

_Static_assert(sizeof(struct skw_conn_rec) == 384, "row record");

/*
 * In place of a row: an established connection on which nothing has arrived and nothing was sent
 * for a time, and which waits for no answer. All else of its row is as it was.
 */
struct skw_steady_rec {
	__u64 mark; /* 0. A row begins with its time, which is not 0 */
	__u64 ts_ns, cookie, cgroup_id;
	__u64 pacing_rate, timer_left_us;
	__u32 inode, uid;
	__u32 rto_us, cwnd, ssthresh, mss;
	__u32 segs_out, segs_in;
	__u32 notsent, recv_q, send_q;
	__u8 flags; /* SKW_ROW_ENROLLED or 0 */
	__u8 timer;
	__u8 family; /* IPV6_ADDRFORM changes it; then the addresses are others, too */
	__u8 reserved;
	char congestion[SKW_CA_LEN];
};

_Static_assert(sizeof(struct skw_steady_rec) == 112, "steady record");

/* A process that holds a socket, from iter/task_file. */
struct skw_holder_rec {
	__u32 inode; /* of the socket */
	__u32 tgid;
	char comm[SKW_COMM_LEN]; /* of the thread group leader */
};

_Static_assert(sizeof(struct skw_holder_rec) == 24, "holder record");

enum skw_event_type {
	SKW_EVENT_CONNECT,
	SKW_EVENT_ESTABLISHED,
	SKW_EVENT_STATE,
	SKW_EVENT_RTT,
	SKW_EVENT_RTO,
	SKW_EVENT_RETRANS,
	SKW_EVENT_CLOSE,
	SKW_EVENT_LISTEN,
	/* These are not the kernel's: a connection enters and leaves a capture by health. */
	SKW_EVENT_ENTER,
	SKW_EVENT_LEAVE,
	/* From here on, the types are not shown under a name of their own. */
	SKW_EVENT_CREATOR, /* the process that called connect() or listen() */
	SKW_EVENT_CLOSER,  /* the process that closes a connection */
	SKW_EVENT_FAILED,  /* a connect() that failed at once, shown as CONNECT */
	SKW_EVENT_SYNACK,  /* a SYN-ACK that was sent again, shown as RETRANS */
	/* For packets. With them a CREATOR also tells the process that uses a socket of UDP. */
	SKW_EVENT_WIRE,    /* addresses of a socket's packets */
	SKW_EVENT_RELEASE, /* the end of a socket of UDP */
	SKW_EVENT_LAST,    /* the last row of a socket of UDP, while datagrams are counted */
	SKW_EVENT_TYPES
};

#define SKW_EVENT_BIT(type) (1U << (type))

/* Each record of the event rings begins with this. */
struct skw_event_head {
	__u64 ts_ns;
	__u64 cookie;
	__u8 type;                 /* enum skw_event_type */
	__u8 old_state, new_state; /* STATE, CLOSE */
	__u8 direction;            /* enum skw_conn_direction, if the callback tells it */
	__u32 netns;
};

/*
 * A record of any type but CLOSE, CREATOR and CLOSER. For SYNACK the addresses are those of the
 * half-open connection, and all else is of its listener.
 */
struct skw_event_rec {
	struct skw_event_head head;
	__u64 cgroup_id;
	__u8 local_addr[16], remote_addr[16];
	__u16 local_port, remote_port;
	__u8 family;
	__u8 reserved[3];
	__u32 uid;
	__u32 inode;
	__u32 scope_id; /* as in struct skw_conn_rec */
	__u32 reserved2;
	char scope[SKW_SCOPE_LEN];
	union {
		__u32 rtt_us; /* RTT; SKW_NONE32 where the kernel does not tell (before 6.10) */
		struct {
			__u32 rto_us;      /* RTO: the timeout that fired */
			__u32 retransmits; /* timeouts in a row before it; 0: it is the first */
			__u32 old_cwnd;    /* before the timeout */
		};
		struct {
			__u32 seq; /* RETRANS, SYNACK: the number on the wire, in host order */
			__u32 segs;
			__s32 error; /* 0, or the errno of the failure to send; FAILED: errno */
		};
		__u32 backlog;      /* LISTEN */
		__u32 handshake_us; /* ESTABLISHED: the first RTT; SKW_NONE32 */
		__u32 args[4];
	};
};

_Static_assert(sizeof(struct skw_event_head) == 24, "event head");
_Static_assert(sizeof(struct skw_event_rec) == 120, "event record");

/*
 * CLOSE: head.old_state is the state that the connection left; row.sk_err and row.ending tell why.
 * LAST: the row alone tells.
 */
struct skw_close_rec {
	struct skw_event_head head;
	struct skw_conn_rec row;
};

_Static_assert(sizeof(struct skw_close_rec) == 408, "close record");

/*
 * CREATOR, CLOSER: the process that is in connect() or listen(), or in close() or shutdown(). Of
 * UDP: in bind(), connect() or sendmsg().
 */
struct skw_creator_rec {
	struct skw_event_head head;
	__u64 cgroup_id;
	__u32 tgid;
	__u32 uid;
	char comm[SKW_COMM_LEN];
	/*
	 * CLOSER: the segments with data that came before, if data that comes later is answered by
	 * a reset; otherwise SKW_NONE32.
	 */
	__u32 data_segs_in;
	__u32 reserved;
};

_Static_assert(sizeof(struct skw_creator_rec) == 64, "creator record");

/*
 * WIRE: a socket has packets with these addresses, in the form of this host's end. head.new_state
 * is LISTEN if the socket is a listener that answers a SYN. The remote address and port of a socket
 * of UDP without a peer are 0.
 */
struct skw_wire_rec {
	struct skw_event_head head;
	__u8 local_addr[16], remote_addr[16];
	__u16 local_port, remote_port;
	__u8 family;
	__u8 proto;
	__u8 reserved[2];
};

_Static_assert(sizeof(struct skw_wire_rec) == 64, "wire record");

/* RELEASE: the socket with this cookie has gone. */
struct skw_release_rec {
	struct skw_event_head head;
};

/*
 * One per CPU, in an array that user space maps. Each program counts what it could not do.
 */
struct skw_conn_counters {
	__u64 events;     /* events that were put into a ring */
	__u64 lost;       /* events that were lost, as the ring was full */
	__u64 no_storage; /* sockets without aggregates, as memory was short */
	__u64 enrolled;   /* older sockets that a sweep gave callbacks */
	__u64 refused;    /* older sockets that could get none: the kernel is before 6.12 */
	__u64 reserved[3];
};

_Static_assert(sizeof(struct skw_conn_counters) == 64, "counters");

/* Features that this kernel lacks. The programs find it out when they first need it. */
#define SKW_CONN_LACKS_ENROL    0x01 /* callbacks for sockets that were open before (6.12) */
#define SKW_CONN_LACKS_RTT_ARGS 0x02 /* the sample of an RTT callback (6.10) */

/*
 * Aggregates in socket storage. The first sweep, RTO or retransmission of a socket makes them, and
 * the kernel zeroes them.
 */
struct skw_conn_storage {
	__u64 opened_ns; /* 0: not seen */
	__u64 state_ns;
	__u64 last_rto_ns;
	__u32 rtt_samples, last_rtt_us, min_rtt_us, max_rtt_us;
	__u32 rto_count, retrans_events;
	__u8 direction;
	__u8 reserved[7];
	__u32 rtt_hist[SKW_RTT_BUCKETS];
};

_Static_assert(sizeof(struct skw_conn_storage) == 120, "storage");

/*
 * The amounts that a socket of UDP has moved, in storage of its own. Bytes are those of the
 * application. A socket that was made before the programs were attached has it from its first
 * datagram or sweep on.
 */
struct skw_udp_storage {
	__u64 opened_ns; /* 0: not seen */
	__u64 bytes_out, bytes_in;
	__u64 packets_out, packets_in;
	__u64 quic; /* the version that a long header told; 0: none did */
};

_Static_assert(sizeof(struct skw_udp_storage) == 48, "storage of UDP");

#endif
