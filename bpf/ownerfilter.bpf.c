// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Captures by owner. Programs on a cgroup enter the tuples of chosen sockets into maps, and
 * skw_owner_filter(), between the generated filter and the capture program, lets the packets with
 * these tuples pass. Tuples are entered when a packet leaves its socket, after the kernel has
 * translated the addresses, so that they are those at the tap.
 */
#include "tapped.bpf.h"
#include "abi/packet.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* include/uapi/linux/bpf.h */
#define OP_TCP_CONNECT         3
#define OP_PASSIVE_ESTABLISHED 5
#define OP_STATE               10
#define OP_TCP_LISTEN          11
#define FLAG_STATE             0x04

/* include/net/tcp_states.h */
#define TCP_FIN_WAIT1 4
#define TCP_FIN_WAIT2 5
#define TCP_CLOSE     7
#define TCP_LISTEN    10

/* ---- sockets ---- */

SEC("cgroup/sock_create")
int skw_owner_create(struct bpf_sock *sk)
{
	if ((sk->family == AF_INET || sk->family == AF_INET6) && current_chosen())
		socket_choose(sk, bpf_get_netns_cookie(sk));
	return 1;
}

/* The tuple of a socket with what the context of cgroup programs has. `remote` stays zero. */
static __always_inline void bound_tuple(struct bpf_sock *sk, bool v6, struct skw_chosen_tuple *to)
{
	__u32 *local = (__u32 *)to->local;

	__builtin_memset(to, 0, sizeof(*to));
	to->protocol = IPPROTO_UDP;
	to->scope = scope_of(bpf_get_netns_cookie(sk));
	if (v6) {
		local[0] = sk->src_ip6[0];
		local[1] = sk->src_ip6[1];
		local[2] = sk->src_ip6[2];
		local[3] = sk->src_ip6[3];
	} else {
		map_v4(to->local, sk->src_ip4);
	}
	to->local_port = __builtin_bswap16((__u16)sk->src_port);
}

static __always_inline int bound(struct bpf_sock *sk, bool v6)
{
	struct skw_chosen_tuple tuple;
	struct own_socket *own;

	if (sk->protocol != IPPROTO_UDP)
		return 1;
	own = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	bound_tuple(sk, v6, &tuple);
	if (own)
		end_enter(own, &tuple, 0);
	else
		end_of_others(&tuple);
	return 1;
}

SEC("cgroup/post_bind4")
int skw_owner_bind4(struct bpf_sock *sk)
{
	return bound(sk, false);
}

SEC("cgroup/post_bind6")
int skw_owner_bind6(struct bpf_sock *sk)
{
	return bound(sk, true);
}

/* The last process that had the socket has closed it. TCP goes on by itself. */
SEC("cgroup/sock_release")
int skw_owner_release(struct bpf_sock *sk)
{
	struct own_socket *own;

	if (sk->protocol != IPPROTO_UDP && sk->protocol != IPPROTO_TCP)
		return 1;
	own = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (!own)
		return 1;
	end_leave(own);
	if (sk->protocol == IPPROTO_UDP || !own->has_callbacks)
		tuple_leave(own, false);
	return 1;
}

/* A process that is chosen uses a socket that was made before it was: then the socket is, too. */
static __always_inline int used(struct bpf_sock_addr *ctx)
{
	if (!ctx->sk || everything || bpf_sk_storage_get(&sockets, ctx->sk, NULL, 0))
		return 1;
	if (current_chosen())
		socket_choose(ctx->sk, bpf_get_netns_cookie(ctx));
	return 1;
}

SEC("cgroup/connect4")
int skw_owner_connect4(struct bpf_sock_addr *ctx)
{
	return used(ctx);
}

SEC("cgroup/connect6")
int skw_owner_connect6(struct bpf_sock_addr *ctx)
{
	return used(ctx);
}

SEC("cgroup/sendmsg4")
int skw_owner_sendmsg4(struct bpf_sock_addr *ctx)
{
	return used(ctx);
}

SEC("cgroup/sendmsg6")
int skw_owner_sendmsg6(struct bpf_sock_addr *ctx)
{
	return used(ctx);
}

/* ---- TCP ---- */

/* Other programs' callbacks must stay on. */
static __always_inline void want_state(struct bpf_sock_ops *skops, struct own_socket *own)
{
	own->has_callbacks =
		!bpf_sock_ops_cb_flags_set(skops, skops->bpf_sock_ops_cb_flags | FLAG_STATE);
}

static __always_inline void on_connect(struct bpf_sock_ops *skops, struct bpf_sock *sk,
				       const struct skw_chosen_tuple *tuple)
{
	struct own_socket *own = bpf_sk_storage_get(&sockets, sk, NULL, 0);

	if (!own && !everything && current_chosen())
		own = socket_choose(sk, bpf_get_netns_cookie(skops));
	if (!own) {
		/* The tuple of a chosen socket that is closed is somebody else's from now on. */
		bpf_map_delete_elem(&tuples, tuple);
		return;
	}
	want_state(skops, own);
	own->is_entered = own->is_end = own->is_closed = false;
	if (!own->is_counted)
		COUNT(opened);
	own->is_counted = true;
}

static __always_inline void on_accepted(struct bpf_sock_ops *skops, struct bpf_sock *sk,
					const struct skw_chosen_tuple *tuple)
{
	struct own_socket *own = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	__u32 zero = 0;
	struct skw_chosen_counters *count = bpf_map_lookup_elem(&counters, &zero);

	if (!own) {
		bpf_map_delete_elem(&tuples, tuple);
		return;
	}
	if (!count)
		return;
	/* The storage is a copy of the listener's. */
	own->id = __sync_fetch_and_add(&count->sockets, 1) + 1;
	own->is_entered = own->is_end = own->is_closed = false;
	own->is_counted = true;
	COUNT(opened);
	want_state(skops, own);
	own->wire = *tuple;
	/* If addresses are translated, the first packet out of this socket enters its tuple. */
	if (bpf_map_lookup_elem(&answered, tuple))
		own->is_entered = tuple_enter(own, tuple, 0);
}

static __always_inline void on_listen(struct bpf_sock_ops *skops, struct bpf_sock *sk,
				      struct skw_chosen_tuple *tuple, __u32 flags)
{
	struct own_socket *own = bpf_sk_storage_get(&sockets, sk, NULL, 0);

	if (!own && !everything && current_chosen())
		own = socket_choose(sk, bpf_get_netns_cookie(skops));
	__builtin_memset(tuple->remote, 0, 16);
	tuple->remote_port = 0;
	if (!own) {
		end_of_others(tuple);
		return;
	}
	/* A second listen() only changes the backlog. */
	if (!own->is_end)
		end_enter(own, tuple, flags);
	want_state(skops, own);
}

static __always_inline void on_state(struct bpf_sock_ops *skops, struct bpf_sock *sk,
				     const struct sock *kernel_sk)
{
	struct own_socket *own;
	__u32 old = skops->args[0];

	if (skops->args[1] != TCP_CLOSE)
		return;
	own = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (!own)
		return;
	if (old == TCP_LISTEN) {
		end_leave(own);
		return;
	}
	tuple_leave(own, (old == TCP_FIN_WAIT1 || old == TCP_FIN_WAIT2) && !kernel_sk->sk_err &&
				 !has_peer_fin(kernel_sk));
}

/* The kernel ignores the return value here. Other programs may have set `reply`. */
SEC("sockops")
int skw_owner_sockops(struct bpf_sock_ops *skops)
{
	__u32 op = skops->op;
	struct bpf_sock *sk = skops->sk;
	struct skw_chosen_tuple tuple;
	const struct sock *kernel_sk;
	struct tcp_sock *tp;

	if (op != OP_TCP_CONNECT && op != OP_PASSIVE_ESTABLISHED && op != OP_STATE &&
	    op != OP_TCP_LISTEN)
		return 1;
	if (!sk)
		return 1;
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp)
		return 1;
	kernel_sk = &tp->inet_conn.icsk_inet.sk;
	if (op == OP_STATE) {
		on_state(skops, sk, kernel_sk);
		return 1;
	}
	sock_tuple(&kernel_sk->__sk_common, IPPROTO_TCP, &tuple);
	if (op == OP_TCP_CONNECT)
		on_connect(skops, sk, &tuple);
	else if (op == OP_TCP_LISTEN)
		on_listen(skops, sk, &tuple, v6only_flag(&kernel_sk->__sk_common));
	else
		on_accepted(skops, sk, &tuple);
	return 1;
}

/* ---- packets on their way out ---- */

/* A UDP socket that is not connected talks to anybody, so its end stands for it. */
static __always_inline void udp_left(struct own_socket *own, struct bpf_sock *sk,
				     struct skw_chosen_tuple *tuple)
{
	__u16 port = __builtin_bswap16((__u16)sk->src_port);

	/* The port is translated: then it is only that of this peer. */
	if (tuple->local_port != port) {
		tuple_enter(own, tuple, bpf_ktime_get_ns() + LINGER_NS);
		return;
	}
	if (own->is_end)
		return;
	if (sk->family == AF_INET6)
		__builtin_memset(tuple->local, 0, 16);
	else
		map_v4(tuple->local, 0);
	__builtin_memset(tuple->remote, 0, 16);
	tuple->remote_port = 0;
	end_enter(own, tuple, 0);
}

static __always_inline bool same_tuple(const struct skw_chosen_tuple *a,
				       const struct skw_chosen_tuple *b)
{
	const __u64 *x = (const __u64 *)a, *y = (const __u64 *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3] && x[4] == y[4];
}

static __always_inline void connected_left(struct own_socket *own, struct bpf_sock *sk,
					   const struct skw_chosen_tuple *tuple)
{
	if (own->is_entered && same_tuple(&own->wire, tuple))
		return;
	if (!own->is_end && own->wire.protocol && !same_tuple(&own->wire, tuple))
		tuple_drop(own);
	if (sk->protocol == IPPROTO_UDP)
		end_leave(own);
	/* Without callbacks nobody tells the end of a closed socket, so each packet puts it off. */
	if (!tuple_enter(own, tuple, own->is_closed ? bpf_ktime_get_ns() + LINGER_NS : 0))
		return;
	own->wire = *tuple;
	own->is_entered = !own->is_closed;
	own->is_end = false;
}

SEC("cgroup_skb/egress")
int skw_owner_egress(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	struct own_socket *own;
	struct wire w;

	if (!sk)
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 1;
	own = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (!own)
		return 1;
	/* A TCP connection keeps its tuple. */
	if (own->is_entered && !own->is_end && sk->protocol == IPPROTO_TCP)
		return 1;
	if (!wire_read(skb, 0, &w) || !has_ports(&w))
		return 1;
	w.tuple.scope = scope_of(own->netns);
	if (sk->protocol == IPPROTO_TCP && sk->state == TCP_LISTEN) {
		__u64 now = bpf_ktime_get_ns();

		port_note(IPPROTO_TCP, PORT_TUPLE, w.tuple.local_port);
		bpf_map_update_elem(&answered, &w.tuple, &now, BPF_ANY);
		end_translated(own, &w.tuple);
	} else if (sk->protocol == IPPROTO_UDP && !sk->dst_port) {
		udp_left(own, sk, &w.tuple);
	} else {
		connected_left(own, sk, &w.tuple);
	}
	return 1;
}

/* ---- sockets that were open before ---- */

static __always_inline bool file_chosen(const struct task_struct *task, const struct sock *sk)
{
	if ((everything || by_cgroup) && cgroup_chosen(sk->sk_cgrp_data.cgroup))
		return true;
	return !everything && leader_chosen(task->group_leader);
}

SEC("iter/task_file")
int skw_owner_fill(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct skw_chosen_tuple tuple;
	struct own_socket *own;
	struct socket *socket;
	struct sock *sk;

	if (!file || !task)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket || !socket->sk)
		return 0;
	sk = socket->sk;
	__u16 protocol = sk->sk_protocol;
	__u16 family = sk->__sk_common.skc_family;
	__u8 state = sk->__sk_common.skc_state;

	if ((family != AF_INET && family != AF_INET6) ||
	    (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP))
		return 0;
	bool is_end = protocol == IPPROTO_TCP ? state == TCP_LISTEN : !sk->__sk_common.skc_dport;
	bool has_tuple = sk->__sk_common.skc_num && (protocol == IPPROTO_UDP || state != TCP_CLOSE);

	sock_tuple(&sk->__sk_common, (__u8)protocol, &tuple);
	if (is_end) {
		__builtin_memset(tuple.remote, 0, 16);
		tuple.remote_port = 0;
	}
	if (!file_chosen(task, sk)) {
		if (has_tuple && is_end)
			end_of_others(&tuple);
		return 0;
	}
	own = socket_choose(sk, sk->__sk_common.skc_net.net->net_cookie);
	/* Another holder of the same file may have entered it. */
	if (!own || own->wire.protocol || !has_tuple)
		return 0;
	if (is_end)
		end_enter(own, &tuple, v6only_flag(&sk->__sk_common));
	else if (tuple_enter(own, &tuple, 0))
		own->wire = tuple;
	return 0;
}

/* ---- packets at the tap ---- */

SEC("socket")
int skw_owner_filter(struct __sk_buff *skb)
{
	if (packet_chosen(skb))
		bpf_tail_call(skb, &next, SKW_NEXT_CAPTURE);
	return 0;
}
