/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of events, from a sockops callback. */
#ifndef SKW_EVENT_BPF_H
#define SKW_EVENT_BPF_H

#include "ring.bpf.h"
#include "row.bpf.h"

/* SKW_EVENT_BIT()s of the events that go into the rings. Set before loading. */
const volatile __u32 events;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the number of possible CPUs, set before loading */
	__type(key, __u32);
	__type(value, struct skw_conn_counters);
} counters SEC(".maps");

/*
 * The counters are per CPU, but a softirq can interrupt these programs and run them again on
 * the same CPU. So the addition is atomic.
 */
#define COUNT(member)                                                                              \
	do {                                                                                       \
		__u32 cpu_ = bpf_get_smp_processor_id();                                           \
		struct skw_conn_counters *count_ = bpf_map_lookup_elem(&counters, &cpu_);          \
                                                                                                   \
		if (count_)                                                                        \
			__sync_fetch_and_add(&count_->member, 1);                                  \
	} while (0)

/*
 * Returns a record in this CPU's ring, or NULL if the ring is full. Both cases are counted. The
 * caller must read the clock after this call: the reader's order in time depends on it
 * (kern/ring.h).
 */
static __always_inline void *event_reserve(__u64 size)
{
	void *ring = ring_of_cpu(bpf_get_smp_processor_id());
	void *rec = NULL;

	if (ring)
		rec = bpf_ringbuf_reserve(ring, size, 0);
	if (rec)
		COUNT(events);
	else
		COUNT(lost);
	return rec;
}

/* The reader is never woken, because a wake-up makes an event ten times as expensive. */
static __always_inline void event_submit(void *rec)
{
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
}

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

/* Returns a record filled in from the socket, with args[] 0, or NULL if the ring is full. */
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
	/*
	 * row_tcp() must see the state LISTEN: a listener has none of a connection's figures,
	 * although its new state is CLOSE.
	 */
	if (old_state == TCP_LISTEN) {
		row_tcp(&rec->row, tp, NULL, TCP_LISTEN, true);
		rec->row.state = TCP_CLOSE;
	} else {
		row_tcp(&rec->row, tp, own, TCP_CLOSE, true);
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
	event_submit(rec);
}

#endif
