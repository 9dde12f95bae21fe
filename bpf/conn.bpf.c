// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Watches every TCP connection. Sockops callbacks report what happens to a connection. An
 * iterator over all sockets of a network namespace reports its state (a sweep). There is no table
 * beside the kernel's sockets: our counts are in the sockets' storage. A sweep, a timeout or a
 * retransmission creates the storage when it first meets the socket. It is not created while a
 * connection opens, because opening would then take a tenth longer.
 */
#include "close.bpf.h"
#include "udp.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* include/uapi/linux/bpf.h */
#define OP_TCP_CONNECT            3
#define OP_ACTIVE_ESTABLISHED     4
#define OP_PASSIVE_ESTABLISHED    5
#define OP_RTO                    8
#define OP_RETRANS                9
#define OP_STATE                  10
#define OP_TCP_LISTEN             11
#define OP_RTT                    12

#define FLAG_RTO                  0x01
#define FLAG_RETRANS              0x02
#define FLAG_STATE                0x04
#define FLAG_RTT                  0x08
#define FLAGS_OURS                (FLAG_RTO | FLAG_RETRANS | FLAG_STATE | FLAG_RTT)

#define SOL_TCP                   6
#define TCP_BPF_SOCK_OPS_CB_FLAGS 1008

#define EINVAL                    22

/* These are set before loading. */

/* A sweep turns on the callbacks of sockets that were open before. */
const volatile bool enrol = true;
/* STATE events are sent only for sockets that have storage. */
const volatile bool known_states;

/* Since when datagrams are counted (udp.bpf.c); 0: they are not. The keeper sets it. */
__u64 udp_since_ns;

/*
 * A sweep tells only a struct skw_steady_rec of connections that have been at rest since then; 0:
 * of none. The keeper sets it for each run.
 */
__u64 steady_since_ns;

/* SKW_CONN_LACKS_*: a bit is set when a program finds that the kernel lacks something. */
__u32 lacks;

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct skw_conn_storage);
} storage SEC(".maps");

static __always_inline struct skw_conn_storage *storage_find(void *sk)
{
	return bpf_sk_storage_get(&storage, sk, NULL, 0);
}

static __always_inline struct skw_conn_storage *storage_make(void *sk)
{
	struct skw_conn_storage *own =
		bpf_sk_storage_get(&storage, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);

	if (!own)
		COUNT(no_storage);
	return own;
}

/* The call overwrites the socket's one byte of flags. Other programs' flags must stay set. */
static __always_inline void flags_set(struct bpf_sock_ops *skops)
{
	bpf_sock_ops_cb_flags_set(skops, skops->bpf_sock_ops_cb_flags | FLAGS_OURS);
}

static __always_inline const struct sock *sock_of(const struct tcp_sock *tp)
{
	return &tp->inet_conn.icsk_inet.sk;
}

/* Fills in a record of this socket, or returns NULL if the ring is full. */
static __always_inline struct skw_event_rec *start(struct bpf_sock_ops *skops,
						   const struct tcp_sock *tp, __u8 type)
{
	return event_start(sock_of(tp), bpf_get_socket_cookie(skops), type);
}

/*
 * The callbacks of connect() and listen() run before the system call returns, so the current
 * process is the caller.
 */
static __always_inline void creator_event(struct bpf_sock_ops *skops, const struct tcp_sock *tp,
					  __u8 direction)
{
	process_event(sock_of(tp), bpf_get_socket_cookie(skops), SKW_EVENT_CREATOR, direction,
		      SKW_NONE32);
}

static __always_inline void on_connect(struct bpf_sock_ops *skops, struct tcp_sock *tp)
{
	struct skw_event_rec *rec;

	flags_set(skops);
	creator_event(skops, tp, SKW_CONN_OUT);
	if (!wanted(SKW_EVENT_CONNECT))
		return;
	rec = start(skops, tp, SKW_EVENT_CONNECT);
	if (!rec)
		return;
	rec->head.direction = SKW_CONN_OUT;
	event_submit(rec);
}

static __always_inline void on_established(struct bpf_sock_ops *skops, struct bpf_sock *sk,
					   struct tcp_sock *tp, __u8 direction)
{
	struct skw_conn_storage *own = storage_find(sk);
	struct skw_event_rec *rec;

	flags_set(skops);
	/*
	 * A simultaneous open, as of a socket that connects to itself, ends with the callback of
	 * the passive side. But a connection that was accepted belongs to no file yet.
	 */
	if (sock_of(tp)->sk_socket)
		direction = SKW_CONN_OUT;
	/* The socket has storage already if a SYN was retransmitted or a sweep met it half open. */
	if (own) {
		own->direction = direction;
		if (!own->opened_ns)
			own->opened_ns = bpf_ktime_get_ns();
	}
	if (!wanted(SKW_EVENT_ESTABLISHED))
		return;
	rec = start(skops, tp, SKW_EVENT_ESTABLISHED);
	if (!rec)
		return;
	rec->head.direction = direction;
	rec->handshake_us = or_none32(tp->srtt_us >> 3);
	event_submit(rec);
}

static __always_inline void on_listen(struct bpf_sock_ops *skops, struct tcp_sock *tp)
{
	struct skw_event_rec *rec;

	flags_set(skops);
	creator_event(skops, tp, SKW_CONN_UNKNOWN);
	if (!wanted(SKW_EVENT_LISTEN))
		return;
	rec = start(skops, tp, SKW_EVENT_LISTEN);
	if (!rec)
		return;
	rec->backlog = tp->inet_conn.icsk_inet.sk.sk_max_ack_backlog;
	event_submit(rec);
}

/* This runs for nearly every acknowledgement of a busy connection, so it must be short. */
static __always_inline void on_rtt(struct bpf_sock_ops *skops, struct bpf_sock *sk)
{
	struct skw_conn_storage *own = storage_find(sk);
	struct skw_event_rec *rec;
	struct tcp_sock *tp;
	__u32 rtt_us = skops->args[0];

	/* Since 6.10 args[1] is the smoothed RTT, which is never 0. Before 6.10 it is always 0. */
	if (!skops->args[1]) {
		rtt_us = SKW_NONE32;
		if (!(lacks & SKW_CONN_LACKS_RTT_ARGS))
			__sync_fetch_and_or(&lacks, SKW_CONN_LACKS_RTT_ARGS);
	}
	if (own) {
		own->rtt_samples++;
		if (rtt_us != SKW_NONE32) {
			__u32 bucket = rtt_bucket(rtt_us);

			own->last_rtt_us = rtt_us;
			if (rtt_us > own->max_rtt_us)
				own->max_rtt_us = rtt_us;
			if (rtt_us < own->min_rtt_us || !own->min_rtt_us)
				own->min_rtt_us = rtt_us;
			own->rtt_hist[bucket & (SKW_RTT_BUCKETS - 1)]++;
		}
	}
	if (!wanted(SKW_EVENT_RTT))
		return;
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp || !in_netns(sock_of(tp)))
		return;
	rec = start(skops, tp, SKW_EVENT_RTT);
	if (!rec)
		return;
	rec->rtt_us = rtt_us;
	event_submit(rec);
}

static __always_inline void on_rto(struct bpf_sock_ops *skops, struct bpf_sock *sk,
				   struct tcp_sock *tp)
{
	struct skw_conn_storage *own = storage_make(sk);
	struct skw_event_rec *rec;

	if (own) {
		own->rto_count++;
		own->last_rto_ns = bpf_ktime_get_ns();
		if (tp->inet_conn.icsk_inet.sk.__sk_common.skc_state == TCP_SYN_SENT)
			own->direction = SKW_CONN_OUT;
	}
	if (!wanted(SKW_EVENT_RTO))
		return;
	rec = start(skops, tp, SKW_EVENT_RTO);
	if (!rec)
		return;
	rec->retransmits = skops->args[0];
	rec->rto_us = (__u32)jiffies_us(skops->args[1]);
	/* tcp_write_timeout() calls this before tcp_enter_loss() reduces the window. */
	rec->old_cwnd = tp->snd_cwnd;
	event_submit(rec);
}

static __always_inline void on_retrans(struct bpf_sock_ops *skops, struct bpf_sock *sk,
				       struct tcp_sock *tp)
{
	struct skw_conn_storage *own = storage_make(sk);
	struct skw_event_rec *rec;

	if (own)
		own->retrans_events++;
	if (!wanted(SKW_EVENT_RETRANS))
		return;
	rec = start(skops, tp, SKW_EVENT_RETRANS);
	if (!rec)
		return;
	rec->seq = skops->args[0];
	rec->segs = skops->args[1];
	rec->error = (__s32)skops->args[2];
	event_submit(rec);
}

/* The kernel calls back before it stores the new state, so both states come from args[]. */
static __always_inline void on_state(struct bpf_sock_ops *skops, struct bpf_sock *sk,
				     struct tcp_sock *tp)
{
	struct skw_conn_storage *own;
	__u8 old_state = (__u8)skops->args[0], new_state = (__u8)skops->args[1];
	struct skw_event_rec *rec;

	/* A close() after shutdown() sets the state to what it is. */
	if (old_state == new_state)
		return;
	own = storage_find(sk);
	if (own)
		own->state_ns = bpf_ktime_get_ns();
	if (is_closer(tp, old_state, new_state))
		process_event(sock_of(tp), bpf_get_socket_cookie(skops), SKW_EVENT_CLOSER,
			      SKW_CONN_UNKNOWN, closer_data_segs(tp));
	if (wanted(SKW_EVENT_STATE) && (own || !known_states)) {
		rec = start(skops, tp, SKW_EVENT_STATE);
		if (rec) {
			rec->head.old_state = old_state;
			rec->head.new_state = new_state;
			event_submit(rec);
		}
	}
	if (wanted(SKW_EVENT_CLOSE) && new_state == TCP_CLOSE)
		close_event(skops, tp, own, old_state);
}

/*
 * The kernel ignores the return value here. Other programs may have set `reply`, so leave it
 * alone.
 */
SEC("sockops")
int skw_sockops(struct bpf_sock_ops *skops)
{
	__u32 op = skops->op;
	struct tcp_sock *tp;
	struct bpf_sock *sk;

	if (op < OP_TCP_CONNECT || op > OP_RTT)
		return 1;
	sk = skops->sk;
	if (!sk)
		return 1;
	if (op == OP_RTT) {
		on_rtt(skops, sk);
		return 1;
	}
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp || !in_netns(sock_of(tp)))
		return 1;
	switch (op) {
	case OP_TCP_CONNECT:
		on_connect(skops, tp);
		break;
	case OP_ACTIVE_ESTABLISHED:
		on_established(skops, sk, tp, SKW_CONN_OUT);
		break;
	case OP_PASSIVE_ESTABLISHED:
		on_established(skops, sk, tp, SKW_CONN_IN);
		break;
	case OP_RTO:
		on_rto(skops, sk, tp);
		break;
	case OP_RETRANS:
		on_retrans(skops, sk, tp);
		break;
	case OP_STATE:
		on_state(skops, sk, tp);
		break;
	case OP_TCP_LISTEN:
		on_listen(skops, tp);
		break;
	}
	return 1;
}

/*
 * Turns on the callbacks of a socket that was open before we started. Returns whether they are
 * on now.
 */
static __always_inline bool sweep_enrol(struct tcp_sock *tp)
{
	int flags = tp->bpf_sock_ops_cb_flags;
	int ret;

	if (!in_subtree(&tp->inet_conn.icsk_inet.sk))
		return false;
	if ((flags & FLAGS_OURS) == FLAGS_OURS)
		return true;
	if (!enrol || lacks & SKW_CONN_LACKS_ENROL)
		return false;
	flags |= FLAGS_OURS;
	ret = bpf_setsockopt(tp, SOL_TCP, TCP_BPF_SOCK_OPS_CB_FLAGS, &flags, sizeof(flags));
	if (!ret) {
		COUNT(enrolled);
		return true;
	}
	COUNT(refused);
	if (ret == -EINVAL)
		__sync_fetch_and_or(&lacks, SKW_CONN_LACKS_ENROL);
	return false;
}

static __always_inline void sweep_tcp(struct skw_conn_rec *rec, struct tcp_sock *tp)
{
	struct skw_conn_storage *own = NULL;
	__u8 state = rec->state;
	bool enrolled = state != TCP_CLOSE && sweep_enrol(tp);

	if (enrolled && state != TCP_LISTEN) {
		own = storage_find(tp);
		if (!own) {
			own = storage_make(tp);
			if (own && state == TCP_SYN_SENT)
				own->direction = SKW_CONN_OUT;
		}
	}
	row_tcp(rec, tp, own, state, enrolled);
}

static __always_inline void sweep_timewait(struct skw_conn_rec *rec,
					   const struct tcp_timewait_sock *tw)
{
	rec->state = tw->tw_sk.tw_substate;
	rec->timer = SKW_TIMER_TIMEWAIT;
	rec->timer_left_us = jiffies_left_us(tw->tw_sk.tw_timer.expires, bpf_jiffies64());
}

static __always_inline void sweep_request(struct skw_conn_rec *rec,
					  const struct tcp_request_sock *request, __u32 uid)
{
	rec->state = TCP_SYN_RECV;
	rec->direction = SKW_CONN_IN;
	rec->uid = uid;
	rec->retrans_segs = request->req.req.num_retrans;
	rec->timer = SKW_TIMER_ON;
	rec->timer_left_us = jiffies_left_us(request->req.req.rsk_timer.expires, bpf_jiffies64());
}

/* True: that was all to tell of the socket. */
static __always_inline bool sweep_steady(struct skw_steady_rec *rec, struct seq_file *seq,
					 struct tcp_sock *tp, __u64 ts_ns, __u64 cookie)
{
	if (!steady_since_ns || !row_is_steady(tp, steady_since_ns))
		return false;
	row_steady(rec, tp, ts_ns, cookie);
	rec->flags = sweep_enrol(tp) ? SKW_ROW_ENROLLED : 0;
	bpf_seq_write(seq, rec, sizeof(*rec));
	return true;
}

SEC("iter/tcp")
int skw_sweep_tcp(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	/* The stack has no room for both. */
	union {
		struct skw_conn_rec row;
		struct skw_steady_rec steady;
	} rec;
	__u64 now = bpf_ktime_get_ns();

	if (!common)
		return 0;
	__u64 cookie = bpf_get_socket_cookie(common);

	/*
	 * The rows are made of what these functions return: since 6.2 the verifier searches the
	 * kernel's types for each pointer that is read from `common`.
	 */
	if (common->skc_state == TCP_TIME_WAIT) {
		struct tcp_timewait_sock *tw = bpf_skc_to_tcp_timewait_sock(common);

		if (!tw)
			return 0;
		row_start(&rec.row, &tw->tw_sk.__tw_common, now, cookie, SKW_ROW_TIME_WAIT);
		sweep_timewait(&rec.row, tw);
	} else if (common->skc_state == TCP_NEW_SYN_RECV) {
		struct tcp_request_sock *request = bpf_skc_to_tcp_request_sock(common);

		if (!request)
			return 0;
		row_start(&rec.row, &request->req.req.__req_common, now, cookie, SKW_ROW_SYN_RECV);
		sweep_request(&rec.row, request, ctx->uid);
	} else {
		struct tcp_sock *tp = bpf_skc_to_tcp_sock(common);

		if (!tp || sweep_steady(&rec.steady, ctx->meta->seq, tp, now, cookie))
			return 0;
		row_start(&rec.row, &sock_of(tp)->__sk_common, now, cookie, SKW_ROW_TCP);
		sweep_tcp(&rec.row, tp);
	}
	row_end(&rec.row, common);
	bpf_seq_write(ctx->meta->seq, &rec.row, sizeof(rec.row));
	return 0;
}

/*
 * The sweep makes the storage of an older socket, so that one without it is one of which nothing is
 * known, as memory was short.
 */
static __always_inline void sweep_counts(struct skw_conn_rec *rec, struct udp_sock *udp,
					 const struct sock *sk)
{
	__u64 since_ns = udp_since_ns;
	struct skw_udp_storage *own;

	if (!since_ns || !in_subtree(sk))
		return;
	own = bpf_sk_storage_get(&udp_counts, udp, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (own)
		row_counts(rec, own, since_ns);
	else
		COUNT(no_storage);
}

SEC("iter/udp")
int skw_sweep_udp(struct bpf_iter__udp *ctx)
{
	struct udp_sock *udp = ctx->udp_sk;
	struct skw_conn_rec rec;
	struct sock *sk;

	if (!udp)
		return 0;
	sk = &udp->inet.sk;
	row_start(&rec, &sk->__sk_common, bpf_ktime_get_ns(), bpf_get_socket_cookie(udp),
		  SKW_ROW_UDP);
	row_sock(&rec, sk);
	/* As udp_rqueue_get() and sk_wmem_alloc_get() do in include/net/udp.h and sock.h. */
	rec.recv_q = at_least_0((__u32)(sk->sk_backlog.rmem_alloc.counter - udp->forward_deficit));
	rec.send_q = at_least_0((__u32)sk->sk_wmem_alloc.refs.counter - 1);
	rec.drops = sock_drops(sk);
	rec.timer = SKW_TIMER_NONE;
	sweep_counts(&rec, udp, sk);
	row_end(&rec, &sk->__sk_common);
	bpf_seq_write(ctx->meta->seq, &rec, sizeof(rec));
	return 0;
}
