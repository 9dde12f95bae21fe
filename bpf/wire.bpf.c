// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Events that join packets with their sockets, beside those of conn.bpf.c. Of UDP they are the
 * process that uses a socket, the addresses that the socket's packets have on the wire, and its
 * end. Of TCP they are the listener that answers a SYN, the process that sends the first data, and
 * addresses that were translated. The rings and the counters are those of conn.bpf.c.
 *
 * The storage of a socket remembers which events it had, so that a busy socket costs a look-up and
 * a comparison per packet. No program here changes a packet or the result of a system call.
 */
#include "event.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PASS 1 /* every program here lets everything pass */

/*
 * A socket that connects again and again is told with this number of peers, and from then on
 * without them. It may also use many addresses of its own, so there is an end of that, too.
 */
#define PEERS_MAX 64
#define WIRES_MAX 128
#define WIRES     4 /* that are remembered to be told */

struct told {
	__u64 wires[WIRES]; /* hashes */
	__u32 len;          /* of all that were told */
	__u32 tgid;         /* the process that was told last; 0: none */
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct told);
} told SEC(".maps");

static __always_inline __u32 netns_of(const struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
}

static __always_inline bool is_watched(__u32 netns)
{
	return !only_netns || netns == only_netns;
}

static __always_inline void fill_head(struct skw_event_head *head, __u64 cookie, __u8 type,
				      __u32 netns)
{
	head->cookie = cookie;
	head->type = type;
	head->old_state = head->new_state = 0;
	head->direction = SKW_CONN_UNKNOWN;
	head->netns = netns;
	head->ts_ns = bpf_ktime_get_ns();
}

/* Tells the current process, which is in a system call on this socket of UDP. */
static __always_inline int tell_process(void *ctx, void *sk, struct told *own)
{
	__u32 current = bpf_get_current_pid_tgid() >> 32;
	struct skw_creator_rec *rec;
	const struct sock *from;
	__u32 netns;

	if (!own || own->tgid == current)
		return PASS;
	own->tgid = current;
	from = kernel_sock(sk);
	netns = netns_of(from);
	if (!is_watched(netns))
		return PASS;
	rec = process_reserve();
	if (!rec)
		return PASS;
	fill_head(&rec->head, bpf_get_socket_cookie(ctx), SKW_EVENT_CREATOR, netns);
	rec->cgroup_id = BPF_CORE_READ(from, sk_cgrp_data.cgroup, kn, id);
	rec->uid = BPF_CORE_READ(from, sk_uid.val);
	rec->data_segs_in = SKW_NONE32;
	event_submit(rec);
	return PASS;
}

static __always_inline int on_bind(struct bpf_sock *sk)
{
	if (sk->protocol != IPPROTO_UDP)
		return PASS;
	return tell_process(sk, sk,
			    bpf_sk_storage_get(&told, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE));
}

SEC("cgroup/post_bind4")
int skw_bind4(struct bpf_sock *sk)
{
	return on_bind(sk);
}

SEC("cgroup/post_bind6")
int skw_bind6(struct bpf_sock *sk)
{
	return on_bind(sk);
}

static __always_inline int on_address(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (ctx->protocol != IPPROTO_UDP || !sk)
		return PASS;
	return tell_process(ctx, sk,
			    bpf_sk_storage_get(&told, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE));
}

SEC("cgroup/connect4")
int skw_connect4(struct bpf_sock_addr *ctx)
{
	return on_address(ctx);
}

SEC("cgroup/connect6")
int skw_connect6(struct bpf_sock_addr *ctx)
{
	return on_address(ctx);
}

SEC("cgroup/sendmsg4")
int skw_send4(struct bpf_sock_addr *ctx)
{
	return on_address(ctx);
}

SEC("cgroup/sendmsg6")
int skw_send6(struct bpf_sock_addr *ctx)
{
	return on_address(ctx);
}

/* The end of a socket of UDP of which something was told. */
SEC("cgroup/sock_release")
int skw_release(struct bpf_sock *sk)
{
	struct skw_release_rec *rec;
	__u32 netns;

	if (sk->protocol != IPPROTO_UDP || !bpf_sk_storage_get(&told, sk, NULL, 0))
		return PASS;
	netns = netns_of(kernel_sock(sk));
	if (!is_watched(netns))
		return PASS;
	rec = event_reserve(sizeof(*rec));
	if (!rec)
		return PASS;
	fill_head(&rec->head, bpf_get_socket_cookie(sk), SKW_EVENT_RELEASE, netns);
	event_submit(rec);
	return PASS;
}

/* The addresses of a packet, in the form of this host's end. */
struct wire {
	__u32 local[4], remote[4]; /* IPv4: the first only */
	__u16 local_port, remote_port;
	__u16 family;
	__u16 proto;
};

/* Headers of IPv4 and IPv6, and the ports behind them: RFC 791, RFC 8200. */
struct ip4 {
	__u8 version_ihl, tos;
	__be16 len, id, fragment;
	__u8 ttl, proto;
	__be16 check;
	__u32 src, dst;
};

struct ip6 {
	__be32 version_flow;
	__be16 len;
	__u8 proto, hops;
	__u32 src[4], dst[4];
};

struct ports {
	__be16 src, dst;
};

static __always_inline void swap(struct wire *w)
{
	for (int i = 0; i < 4; i++) {
		__u32 addr = w->local[i];

		w->local[i] = w->remote[i];
		w->remote[i] = addr;
	}
	__u16 port = w->local_port;

	w->local_port = w->remote_port;
	w->remote_port = port;
}

static __always_inline bool read_wire(struct __sk_buff *skb, struct wire *w)
{
	struct ports ports;
	__u32 at;

	__builtin_memset(w, 0, sizeof(*w));
	if (skb->protocol == __builtin_bswap16(0x0800)) {
		struct ip4 ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
			return false;
		w->local[0] = ip.src;
		w->remote[0] = ip.dst;
		w->family = AF_INET;
		w->proto = ip.proto;
		at = (ip.version_ihl & 15) * 4;
	} else {
		struct ip6 ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
			return false;
		__builtin_memcpy(w->local, ip.src, sizeof(w->local));
		__builtin_memcpy(w->remote, ip.dst, sizeof(w->remote));
		w->family = AF_INET6;
		w->proto = ip.proto;
		at = sizeof(ip);
	}
	/* Behind a header of another protocol the ports would be somewhere else. */
	if ((w->proto != IPPROTO_UDP && w->proto != IPPROTO_TCP) ||
	    bpf_skb_load_bytes(skb, at, &ports, sizeof(ports)))
		return false;
	w->local_port = __builtin_bswap16(ports.src);
	w->remote_port = __builtin_bswap16(ports.dst);
	return true;
}

static __always_inline __u64 mix(__u64 h, __u64 v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

static __always_inline __u64 hash_wire(const struct wire *w)
{
	__u64 h = mix(w->local_port | (__u64)w->remote_port << 16, w->local[0]);

	h = mix(h, w->remote[0] | (__u64)w->remote[1] << 32);
	if (w->family == AF_INET6) {
		h = mix(h, w->local[1] | (__u64)w->local[2] << 32);
		h = mix(h, w->local[3]);
		h = mix(h, w->remote[2] | (__u64)w->remote[3] << 32);
	}
	return h;
}

static __always_inline void send_wire(struct __sk_buff *skb, void *sk, const struct wire *w,
				      __u8 state)
{
	struct skw_wire_rec *rec;
	__u32 netns = netns_of(kernel_sock(sk));

	if (!is_watched(netns))
		return;
	rec = event_reserve(sizeof(*rec));
	if (!rec)
		return;
	__builtin_memcpy(rec->local_addr, w->local, sizeof(rec->local_addr));
	__builtin_memcpy(rec->remote_addr, w->remote, sizeof(rec->remote_addr));
	rec->local_port = w->local_port;
	rec->remote_port = w->remote_port;
	rec->family = (__u8)w->family;
	rec->proto = (__u8)w->proto;
	rec->reserved[0] = rec->reserved[1] = 0;
	fill_head(&rec->head, bpf_get_socket_cookie(skb), SKW_EVENT_WIRE, netns);
	rec->head.new_state = state;
	event_submit(rec);
}

static __always_inline void forget_peer(struct wire *w)
{
	w->remote[0] = w->remote[1] = w->remote[2] = w->remote[3] = 0;
	w->remote_port = 0;
}

/* Tells these addresses of the socket, unless they were told. */
static __always_inline void tell_wire(struct __sk_buff *skb, struct bpf_sock *sk, struct wire *w)
{
	struct told *own = bpf_sk_storage_get(&told, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	__u64 hash;

	if (!own) {
		COUNT(no_storage);
		return;
	}
	if (own->len >= PEERS_MAX)
		forget_peer(w);
	hash = hash_wire(w);
	if (own->wires[0] == hash || own->wires[1] == hash || own->wires[2] == hash ||
	    own->wires[3] == hash || own->len >= WIRES_MAX)
		return;
	own->wires[own->len++ & (WIRES - 1)] = hash;
	send_wire(skb, sk, w, sk->state);
}

/* A socket of UDP without a peer is told by its own address alone. */
static __always_inline int on_udp(struct __sk_buff *skb, struct bpf_sock *sk, bool outgoing)
{
	struct wire w;

	if (!read_wire(skb, &w) || w.proto != IPPROTO_UDP)
		return PASS;
	if (!outgoing)
		swap(&w);
	if (!sk->dst_port)
		forget_peer(&w);
	tell_wire(skb, sk, &w);
	return PASS;
}

/* tcp_transmit_skb() has counted the packet already. */
static __always_inline __u32 skb_segs(const struct __sk_buff *skb)
{
	return skb->gso_segs ? skb->gso_segs : 1;
}

static __always_inline bool is_as_sent(const struct bpf_sock *sk, const struct wire *w)
{
	__u32 src4 = sk->src_ip4, dst4 = sk->dst_ip4;

	/* Otherwise clang loads from one address for both versions, which the verifier refuses. */
	asm volatile("" : "+r"(src4), "+r"(dst4));
	if (w->local_port != sk->src_port || w->remote_port != __builtin_bswap16(sk->dst_port))
		return false;
	if (w->family == AF_INET)
		return w->local[0] == src4 && w->remote[0] == dst4;
	return w->local[3] == sk->src_ip6[3] && w->local[2] == sk->src_ip6[2] &&
	       w->local[1] == sk->src_ip6[1] && w->local[0] == sk->src_ip6[0] &&
	       w->remote[3] == sk->dst_ip6[3] && w->remote[2] == sk->dst_ip6[2] &&
	       w->remote[1] == sk->dst_ip6[1] && w->remote[0] == sk->dst_ip6[0];
}

/*
 * The first data of a connection that was accepted tells who has accepted it: packets are sent
 * while a process is in a system call on the socket, or by nobody. See is_closer() in close.bpf.h.
 */
static __always_inline void tell_acceptor(struct __sk_buff *skb, struct bpf_sock *sk)
{
	const struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);

	if (!tp || !tp->inet_conn.icsk_inet.sk.sk_lock.owned)
		return;
	process_event(&tp->inet_conn.icsk_inet.sk, bpf_get_socket_cookie(skb), SKW_EVENT_CREATOR,
		      SKW_CONN_UNKNOWN, SKW_NONE32);
}

/* The answer of a listener to a SYN, and packets whose addresses were translated. */
static __always_inline int on_tcp(struct __sk_buff *skb, struct bpf_sock *sk)
{
	const struct bpf_tcp_sock *tp;
	struct wire w;

	if (!read_wire(skb, &w) || w.proto != IPPROTO_TCP)
		return PASS;
	if (sk->state == TCP_LISTEN) {
		send_wire(skb, sk, &w, TCP_LISTEN);
		return PASS;
	}
	if (!is_as_sent(sk, &w))
		tell_wire(skb, sk, &w);
	tp = bpf_tcp_sock(sk);
	if (tp && tp->data_segs_out && tp->data_segs_out == skb_segs(skb))
		tell_acceptor(skb, sk);
	return PASS;
}

static __always_inline struct bpf_sock *full_sock(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;

	return sk ? bpf_sk_fullsock(sk) : NULL;
}

SEC("cgroup_skb/egress")
int skw_egress(struct __sk_buff *skb)
{
	struct bpf_sock *sk = full_sock(skb);

	if (!sk)
		return PASS;
	if (sk->protocol == IPPROTO_TCP)
		return on_tcp(skb, sk);
	return sk->protocol == IPPROTO_UDP ? on_udp(skb, sk, true) : PASS;
}

/* On the loopback interface this runs in the sender's system call, so it tells no process. */
SEC("cgroup_skb/ingress")
int skw_ingress(struct __sk_buff *skb)
{
	struct bpf_sock *sk = full_sock(skb);

	return sk && sk->protocol == IPPROTO_UDP ? on_udp(skb, sk, false) : PASS;
}
