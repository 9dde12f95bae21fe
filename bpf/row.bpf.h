/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fills in the row of a socket, for the sweep and for the close event. The figures are computed
 * like in tcp_get_info() in net/ipv4/tcp.c, queues and timers like in net/ipv4/inet_diag.c and
 * tcp_diag.c, so that they agree with the output of ss.
 */
#ifndef SKW_ROW_BPF_H
#define SKW_ROW_BPF_H

#include "skw.bpf.h"

/* Microseconds in a jiffy, shifted by JIFFY_SHIFT and rounded up. Set before loading. */
#define JIFFY_SHIFT 10
const volatile __u64 jiffy_us = (1000000ULL << JIFFY_SHIFT) / 250;

/* include/net/inet_connection_sock.h */
#define ICSK_TIME_RETRANS     1
#define ICSK_TIME_PROBE0      3
#define ICSK_TIME_LOSS_PROBE  5
#define ICSK_TIME_REO_TIMEOUT 6

#define TCP_INFINITE_SSTHRESH 0x7fffffffU

/* include/net/tcp_states.h */
enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
	TCP_NEW_SYN_RECV,
};

static __always_inline __u64 jiffies_us(__u64 jiffies)
{
	return (jiffies * jiffy_us) >> JIFFY_SHIFT;
}

/* The time until `expires`, or 0 if it has passed. */
static __always_inline __u64 jiffies_left_us(__u64 expires, __u64 now)
{
	__s64 left = (__s64)(expires - now);

	return left > 0 ? jiffies_us(left) : 0;
}

static __always_inline __u32 or_none32(__u32 value)
{
	return value ? value : SKW_NONE32;
}

/* A difference of sequence numbers can be -1 for a moment; it becomes 0. */
static __always_inline __u32 at_least_0(__u32 difference)
{
	return (__s32)difference > 0 ? difference : 0;
}

/* The buckets are logarithmic (SKW_RTT_BUCKETS), so this is a binary search for the top bit. */
static __always_inline __u32 rtt_bucket(__u32 rtt_us)
{
	__u32 v = rtt_us >> 5, bucket = 0;

	if (!v)
		return 0;
	if (v >> (SKW_RTT_BUCKETS - 2))
		return SKW_RTT_BUCKETS - 1;
	if (v >> 8) {
		v >>= 8;
		bucket += 8;
	}
	if (v >> 4) {
		v >>= 4;
		bucket += 4;
	}
	if (v >> 2) {
		v >>= 2;
		bucket += 2;
	}
	return bucket + (v >> 1) + 1;
}

/*
 * Fills in the identity and sets all other fields to unknown. `kind` tells the reader which fields
 * can be known for this kind of socket.
 */
static __always_inline void row_start(struct skw_conn_rec *rec, const struct sock_common *common,
				      __u64 ts_ns, __u64 cookie, __u8 kind)
{
	__builtin_memset(rec, 0xff, sizeof(*rec));
	rec->ts_ns = ts_ns;
	rec->cookie = cookie;
	rec->netns = sock_netns(common);
	rec->kind = kind;
	rec->state = common->skc_state;
	rec->flags = SKW_ROW_APP_UNKNOWN;
	rec->direction = SKW_CONN_UNKNOWN;
	rec->ending = rec->reserved = 0;
	rec->inode = 0;
	rec->sk_err = 0;
	*(__u64 *)rec->congestion = 0;
	*(__u64 *)(rec->congestion + 8) = 0;
}

/*
 * Fills in the addresses. This is the last thing to do with a row: the verifier goes through all
 * that follows once for each version of IP.
 */
static __always_inline void row_end(struct skw_conn_rec *rec, const struct sock_common *common)
{
	SOCK_TUPLE(rec, common);
	SOCK_SCOPE(rec, common);
}

/*
 * Whether the connection has been at rest since that time. The kernel sets tcp_mstamp when a packet
 * arrives and when one is sent, in microseconds. Since our counts change only then or while
 * something is not acknowledged, they need not be read, which saves cache misses. The iterator
 * holds the lock of the socket, so that no packet is half-way.
 */
static __always_inline bool row_is_steady(const struct tcp_sock *tp, __u64 since_ns)
{
	const struct sock_common *common = &tp->inet_conn.icsk_inet.sk.__sk_common;

	if (!bpf_core_field_exists(tp->tcp_mstamp) || tp->tcp_mstamp * 1000 >= since_ns)
		return false;
	/* The name of an interface may change. */
	if (common->skc_state != TCP_ESTABLISHED || common->skc_bound_dev_if)
		return false;
	return !tp->packets_out && !tp->inet_conn.icsk_pending &&
	       !BPF_CORE_READ_BITFIELD(tp, chrono_type);
}

/* Fills in the fields that TCP and UDP sockets share. */
static __always_inline void row_sock(struct skw_conn_rec *rec, const struct sock *sk)
{
	rec->cgroup_id = sock_cgroup(sk);
	rec->inode = sock_inode(sk);
	rec->uid = sk->sk_uid.val;
	rec->sk_err = (__u32)sk->sk_err;
}

static __always_inline void row_chrono(struct skw_conn_rec *rec, const struct tcp_sock *tp,
				       __u64 now)
{
	__u32 running = (__u32)BPF_CORE_READ_BITFIELD(tp, chrono_type);
	__u32 since = (__u32)now - tp->chrono_start;
	/* TCP_CHRONO_BUSY, _RWND_LIMITED and _SNDBUF_LIMITED are 1 to 3. At most one is running. */
	__u64 busy = tp->chrono_stat[0] + (running == 1 ? since : 0);
	__u64 rwnd = tp->chrono_stat[1] + (running == 2 ? since : 0);
	__u64 sndbuf = tp->chrono_stat[2] + (running == 3 ? since : 0);

	rec->rwnd_limited_us = jiffies_us(rwnd);
	rec->sndbuf_limited_us = jiffies_us(sndbuf);
	rec->busy_us = jiffies_us(busy) + rec->rwnd_limited_us + rec->sndbuf_limited_us;
}

/* For a socket without any of the other timers. */
#define ROW_KEEPALIVE(rec, tp, now)                                                                \
	do {                                                                                       \
		const struct timer_list *keepalive_ = tcp_keepalive(tp);                           \
                                                                                                   \
		(rec)->timer = SKW_TIMER_NONE;                                                     \
		if (keepalive_) {                                                                  \
			(rec)->timer = SKW_TIMER_KEEPALIVE;                                        \
			(rec)->timer_left_us = jiffies_left_us(keepalive_->expires, now);          \
		}                                                                                  \
	} while (0)

static __always_inline void row_timer(struct skw_conn_rec *rec, const struct tcp_sock *tp,
				      __u64 now)
{
	__u8 pending = tp->inet_conn.icsk_pending;

	if (pending == ICSK_TIME_RETRANS || pending == ICSK_TIME_LOSS_PROBE ||
	    pending == ICSK_TIME_REO_TIMEOUT || pending == ICSK_TIME_PROBE0) {
		rec->timer = pending == ICSK_TIME_PROBE0 ? SKW_TIMER_PERSIST : SKW_TIMER_ON;
		rec->timer_left_us = jiffies_left_us(tcp_timeout(tp), now);
		return;
	}
	ROW_KEEPALIVE(rec, tp, now);
}

static __always_inline void row_rates(struct skw_conn_rec *rec, const struct tcp_sock *tp)
{
	__u64 delivered = tp->rate_delivered, interval_us = tp->rate_interval_us;
	__u64 pacing = tp->inet_conn.icsk_inet.sk.sk_pacing_rate;

	if (delivered && interval_us) {
		rec->delivery_rate = delivered * rec->mss * 1000000 / interval_us;
		rec->flags &= ~SKW_ROW_APP_UNKNOWN;
		if (BPF_CORE_READ_BITFIELD(tp, rate_app_limited))
			rec->flags |= SKW_ROW_APP_LIMITED;
	}
	/* The kernel's value for "unlimited" is all ones, which is also our "unknown". */
	rec->pacing_rate = pacing;
}

/*
 * The kernel counts by sequence numbers, in which SYN and FIN are a byte each. A queue of bytes has
 * neither of them. In these states the own SYN or FIN is not acknowledged. The peer's FIN stays in
 * the queue until the application has read the end, and then copied_seq is behind it.
 */
#define OWN_SYN_OR_FIN                                                                             \
	(1U << TCP_SYN_SENT | 1U << TCP_FIN_WAIT1 | 1U << TCP_CLOSING | 1U << TCP_LAST_ACK)

static __always_inline void row_amounts(struct skw_conn_rec *rec, const struct tcp_sock *tp)
{
	const struct sock *sk = &tp->inet_conn.icsk_inet.sk;
	__u32 own = OWN_SYN_OR_FIN >> sk->__sk_common.skc_state & 1;
	__u32 fin = has_peer_fin(sk);
	__u64 received = tp->bytes_received;

	rec->bytes_acked = tp->bytes_acked;
	rec->bytes_received = received && fin ? received - 1 : received;
	rec->bytes_retrans = tp->bytes_retrans;
	rec->notsent = at_least_0(tp->write_seq - tp->snd_nxt - own);
	rec->recv_q = at_least_0(tp->rcv_nxt - tp->copied_seq - fin);
	rec->send_q = at_least_0(tp->write_seq - tp->snd_una - own);
}

static __always_inline void row_figures(struct skw_conn_rec *rec, const struct tcp_sock *tp)
{
	const struct tcp_congestion_ops *congestion = tp->inet_conn.icsk_ca_ops;
	__u32 ssthresh = tp->snd_ssthresh;
	__u64 now = bpf_jiffies64();

	rec->mss = tp->mss_cache;
	row_rates(rec, tp);
	row_chrono(rec, tp, now);
	row_timer(rec, tp, now);
	row_amounts(rec, tp);
	rec->srtt_us = or_none32(tp->srtt_us >> 3);
	if (rec->srtt_us != SKW_NONE32)
		rec->rttvar_us = tp->mdev_us >> 2;
	rec->min_rtt_us = tp->rtt_min.s[0].v;
	rec->rto_us = (__u32)jiffies_us(tp->inet_conn.icsk_rto);
	rec->retrans_segs = tp->total_retrans;
	rec->lost_segs = tp->lost;
	rec->cwnd = tp->snd_cwnd;
	if (ssthresh < TCP_INFINITE_SSTHRESH)
		rec->ssthresh = ssthresh;
	rec->segs_out = tp->segs_out;
	rec->segs_in = tp->segs_in;
	rec->data_segs_in = tp->data_segs_in;
	rec->unacked = tp->packets_out;
	rec->sacked = tp->sacked_out;
	rec->reordering = tp->reordering;
	rec->rcv_rtt_us = or_none32(tp->rcv_rtt_est.rtt_us >> 3);
	rec->snd_wnd = tp->snd_wnd;
	*(__u64 *)rec->congestion = *(const __u64 *)&congestion->name[0];
	*(__u64 *)(rec->congestion + 8) = *(const __u64 *)&congestion->name[8];
}

static __always_inline void row_storage(struct skw_conn_rec *rec,
					const struct skw_conn_storage *own)
{
	if (own->opened_ns)
		rec->opened_ns = own->opened_ns;
	if (own->state_ns)
		rec->state_ns = own->state_ns;
	if (own->last_rto_ns)
		rec->last_rto_ns = own->last_rto_ns;
	rec->direction = own->direction;
	rec->rtt_samples = own->rtt_samples;
	rec->rto_count = own->rto_count;
	rec->retrans_events = own->retrans_events;
	/* For an idle socket the rest of the storage is not read, which saves a cache miss. */
	if (!own->rtt_samples) {
		__builtin_memset(rec->rtt_hist, 0, sizeof(rec->rtt_hist));
		return;
	}
	/* Before 6.10 the kernel does not tell the length of a sample. The count is known. */
	if (!own->max_rtt_us)
		return;
	rec->last_rtt_us = own->last_rtt_us;
	rec->max_rtt_us = own->max_rtt_us;
	__builtin_memcpy(rec->rtt_hist, own->rtt_hist, sizeof(rec->rtt_hist));
}

/* Fills in the figures that system calls and the time change on a connection at rest. */
static __always_inline void row_steady(struct skw_steady_rec *rec, const struct tcp_sock *tp,
				       __u64 ts_ns, __u64 cookie)
{
	const struct sock *sk = &tp->inet_conn.icsk_inet.sk;
	const struct tcp_congestion_ops *congestion = tp->inet_conn.icsk_ca_ops;
	__u32 ssthresh = tp->snd_ssthresh;

	__builtin_memset(rec, 0, sizeof(*rec));
	rec->ts_ns = ts_ns;
	rec->cookie = cookie;
	rec->cgroup_id = sock_cgroup(sk);
	rec->pacing_rate = sk->sk_pacing_rate;
	rec->timer_left_us = SKW_NONE64;
	ROW_KEEPALIVE(rec, tp, bpf_jiffies64());
	rec->family = (__u8)sk->__sk_common.skc_family;
	rec->inode = sock_inode(sk);
	rec->uid = sk->sk_uid.val;
	rec->rto_us = (__u32)jiffies_us(tp->inet_conn.icsk_rto);
	rec->cwnd = tp->snd_cwnd;
	rec->ssthresh = ssthresh < TCP_INFINITE_SSTHRESH ? ssthresh : SKW_NONE32;
	rec->mss = tp->mss_cache;
	rec->segs_out = tp->segs_out;
	rec->segs_in = tp->segs_in;
	rec->notsent = at_least_0(tp->write_seq - tp->snd_nxt);
	rec->recv_q = at_least_0(tp->rcv_nxt - tp->copied_seq - has_peer_fin(sk));
	rec->send_q = at_least_0(tp->write_seq - tp->snd_una);
	*(__u64 *)rec->congestion = *(const __u64 *)&congestion->name[0];
	*(__u64 *)(rec->congestion + 8) = *(const __u64 *)&congestion->name[8];
}

/*
 * Fills in the row of a full TCP socket in `state`. `own` is NULL if the socket has no storage.
 * While our callbacks are off (`enrolled` is false), our own counts stay unknown: they are not 0.
 */
static __always_inline void row_tcp(struct skw_conn_rec *rec, const struct tcp_sock *tp,
				    const struct skw_conn_storage *own, __u8 state, bool enrolled)
{
	const struct sock *sk = &tp->inet_conn.icsk_inet.sk;

	rec->state = state;
	row_sock(rec, sk);
	if (enrolled)
		rec->flags |= SKW_ROW_ENROLLED;
	if (state == TCP_LISTEN) {
		rec->recv_q = sk->sk_ack_backlog;
		rec->send_q = sk->sk_max_ack_backlog;
		rec->drops = sock_drops(sk);
		rec->timer = SKW_TIMER_NONE;
		return;
	}
	row_figures(rec, tp);
	if (enrolled && own)
		row_storage(rec, own);
}

#endif
