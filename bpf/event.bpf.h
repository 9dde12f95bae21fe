/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of events, from a sockops callback. */
#ifndef SKW_EVENT_BPF_H
#define SKW_EVENT_BPF_H

#include "ring.bpf.h"
#include "row.bpf.h"

static __always_inline bool wanted(__u8 type)
{
	return events & SKW_EVENT_BIT(type);
}

static __always_inline void head_fill(struct skw_event_head *head, struct bpf_sock_ops *skops,
				      const struct tcp_sock *tp, __u8 type, __u64 now)
{
	head->ts_ns = now;
	head->cookie = bpf_get_socket_cookie(skops);
	head->type = type;
	head->old_state = head->new_state = tp->inet_conn.icsk_inet.sk.__sk_common.skc_state;
	head->direction = SKW_CONN_UNKNOWN;
	head->netns = sock_netns(&tp->inet_conn.icsk_inet.sk.__sk_common);
}

/* A record with the socket's particulars; args[] are all 0. NULL when the ring is full. */
static __always_inline struct skw_event_rec *event_start(struct bpf_sock_ops *skops,
							 const struct tcp_sock *tp, __u8 type)
{
	const struct sock *sk = &tp->inet_conn.icsk_inet.sk;
	struct skw_event_rec *rec = event_reserve(sizeof(*rec));

	if (!rec)
		return NULL;
	head_fill(&rec->head, skops, tp, type, bpf_ktime_get_ns());
	rec->cgroup_id = sock_cgroup(sk);
	SOCK_TUPLE(rec, &sk->__sk_common);
	rec->reserved[0] = rec->reserved[1] = rec->reserved[2] = 0;
	rec->uid = sk->sk_uid.val;
	rec->inode = sock_inode(sk);
	rec->args[0] = rec->args[1] = rec->args[2] = rec->args[3] = 0;
	return rec;
}

static __always_inline void close_event(struct bpf_sock_ops *skops, const struct tcp_sock *tp,
					const struct skw_conn_storage *own, __u8 old_state)
{
	struct skw_close_rec *rec = event_reserve(sizeof(*rec));
	__u64 now;

	if (!rec)
		return;
	now = bpf_ktime_get_ns();
	head_fill(&rec->head, skops, tp, SKW_EVENT_CLOSE, now);
	rec->head.old_state = old_state;
	rec->head.new_state = TCP_CLOSE;
	row_start(&rec->row, &tp->inet_conn.icsk_inet.sk.__sk_common, now, rec->head.cookie,
		  SKW_ROW_TCP);
	/* A listener has no figures, and it is in CLOSE only by name. */
	if (old_state == TCP_LISTEN) {
		row_tcp(&rec->row, tp, NULL, TCP_LISTEN, true);
		rec->row.state = TCP_CLOSE;
	} else {
		row_tcp(&rec->row, tp, own, TCP_CLOSE, true);
		/* Without storage there was neither: it is made by the first. */
		if (!own)
			rec->row.rto_count = rec->row.retrans_events = 0;
	}
	rec->head.direction = rec->row.direction;
	/* Whatever timer is left is stopped next. */
	rec->row.timer = SKW_TIMER_NONE;
	rec->row.timer_left_us = SKW_NONE64;
	event_submit(rec);
}

#endif
