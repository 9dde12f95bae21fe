/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a connection: which process closes it, its last row, and what tells the reason. */
#ifndef SKW_CLOSE_BPF_H
#define SKW_CLOSE_BPF_H

#include "event.bpf.h"

/*
 * Tells whether the current process closes the connection. tcp_close_state() in net/ipv4/tcp.c
 * sends the FIN from within close(), shutdown() or exit. A close that sends a reset, and one that
 * gives up a connect(), go to CLOSED at once, without an error on the socket. After a FIN a packet
 * may bring the socket to CLOSED while any process holds its lock, so these states tell nothing.
 */
static __always_inline bool is_closer(const struct tcp_sock *tp, __u8 old_state, __u8 new_state)
{
	const struct sock *sk = &tp->inet_conn.icsk_inet.sk;

	if (!sk->sk_lock.owned)
		return false;
	if (new_state == TCP_FIN_WAIT1 || new_state == TCP_LAST_ACK)
		return true;
	return new_state == TCP_CLOSE && !sk->sk_err &&
	       (old_state == TCP_ESTABLISHED || old_state == TCP_CLOSE_WAIT ||
		old_state == TCP_SYN_SENT || old_state == TCP_SYN_RECV);
}

/* See struct skw_creator_rec. */
static __always_inline __u32 closer_data_segs(const struct tcp_sock *tp)
{
	return tp->inet_conn.icsk_inet.sk.sk_shutdown & RCV_SHUTDOWN ? tp->data_segs_in
								     : SKW_NONE32;
}

/*
 * Tells how the socket is left, see SKW_END_*. tcp_retransmit_timer() and tcp_keepalive_timer()
 * clear icsk_pending before they give up. inet_twsk_hashdance_schedule() takes a socket out of its
 * chain before it is closed. tcp_v4_err() leaves a message in the error queue, also if the
 * application has asked for the error; while a process holds the lock, it does no more.
 */
static __always_inline __u8 close_ending(const struct tcp_sock *tp)
{
	const struct inet_connection_sock *icsk = &tp->inet_conn;
	const struct sock *sk = &icsk->icsk_inet.sk;
	__u8 ending = 0;

	/* A reset that came meanwhile is processed when connect() gives the lock back. */
	bool answered =
		sk->__sk_common.skc_state == TCP_SYN_SENT && tp->segs_in && !sk->sk_shutdown;

	if (sk->sk_lock.owned && !answered)
		ending |= SKW_END_LOCAL;
	if (has_peer_fin(sk))
		ending |= SKW_END_PEER_FIN;
	if (tp->snd_una == tp->write_seq)
		ending |= SKW_END_ACKED;
	if (!icsk->icsk_pending && (icsk->icsk_retransmits || icsk->icsk_probes_out))
		ending |= SKW_END_GAVE_UP;
	if (!sk->__sk_common.skc_node.pprev)
		ending |= SKW_END_REPLACED;
	if (sk->sk_err_soft || sk->sk_error_queue.qlen)
		ending |= SKW_END_ICMP;
	return ending;
}

static __always_inline void close_event(struct bpf_sock_ops *skops, const struct tcp_sock *tp,
					const struct skw_conn_storage *own, __u8 old_state)
{
	struct skw_close_rec *rec = event_reserve(sizeof(*rec));
	const struct sock *sk = &tp->inet_conn.icsk_inet.sk;
	__u64 now;

	if (!rec)
		return;
	now = bpf_ktime_get_ns();
	head_fill(&rec->head, sk, bpf_get_socket_cookie(skops), SKW_EVENT_CLOSE, now);
	rec->head.old_state = old_state;
	rec->head.new_state = TCP_CLOSE;
	row_start(&rec->row, &sk->__sk_common, now, rec->head.cookie, SKW_ROW_TCP);
	/*
	 * row_tcp() must see the state LISTEN: a listener has none of a connection's figures,
	 * although its new state is CLOSE.
	 */
	if (old_state == TCP_LISTEN) {
		row_tcp(&rec->row, tp, NULL, TCP_LISTEN, true);
		rec->row.state = TCP_CLOSE;
	} else {
		row_tcp(&rec->row, tp, own, TCP_CLOSE, true);
		rec->row.ending = close_ending(tp);
		/*
		 * The first timeout or retransmission creates the storage. So a socket
		 * without storage has had none.
		 */
		if (!own)
			rec->row.rto_count = rec->row.retrans_events = 0;
	}
	rec->head.direction = rec->row.direction;
	/* The kernel stops the socket's timers right after this callback. */
	rec->row.timer = SKW_TIMER_NONE;
	rec->row.timer_left_us = SKW_NONE64;
	row_end(&rec->row, &sk->__sk_common);
	event_submit(rec);
}

#endif
