/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Redirected connections: their destinations are kept for the client, which asks with
 * getpeername(), and for the proxy, which asks with getsockopt().
 */
#ifndef SKW_POLICY_REDIRECT_BPF_H
#define SKW_POLICY_REDIRECT_BPF_H

#include "policy.bpf.h"

#define SOL_IP   0
#define SOL_IPV6 41
/* The number is the same for IPv4 and IPv6: include/uapi/linux/netfilter_ipv4.h. */
#define SO_ORIGINAL_DST 80

#define TCP_CONNECT_CB  3 /* BPF_SOCK_OPS_TCP_CONNECT_CB */

/* The programs for redirected sockets are attached. */
const volatile bool redirects;

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct skw_policy_origin);
} origins SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct skw_policy_source);
	__type(value, struct skw_policy_origin);
} sources SEC(".maps");

/* Remembers the destination for getpeername() and for the proxy. */
static __always_inline bool keep_origin(struct bpf_sock_addr *ctx, const struct call *call)
{
	struct skw_policy_origin *origin;

	if (!ctx->sk)
		return false;
	origin = bpf_sk_storage_get(&origins, ctx->sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!origin)
		return false;
	__builtin_memcpy(origin->addr, call->addr, sizeof(origin->addr));
	origin->port = bpf_htons(call->port);
	return true;
}

/* A socket of UDP may connect again, and then to another peer without a redirection. */
static __always_inline void forget_origin(struct bpf_sock_addr *ctx)
{
	if (redirects && ctx->sk)
		bpf_sk_storage_delete(&origins, ctx->sk);
}

/* The client is told the peer that it asked for. */
SEC("cgroup/getpeername4")
int skw_policy_peer4(struct bpf_sock_addr *ctx)
{
	const struct skw_policy_origin *origin =
		ctx->sk ? bpf_sk_storage_get(&origins, ctx->sk, NULL, 0) : NULL;

	if (origin) {
		ctx->user_ip4 = *(const __u32 *)&origin->addr[12];
		ctx->user_port = origin->port;
	}
	return PASS;
}

SEC("cgroup/getpeername6")
int skw_policy_peer6(struct bpf_sock_addr *ctx)
{
	const struct skw_policy_origin *origin =
		ctx->sk ? bpf_sk_storage_get(&origins, ctx->sk, NULL, 0) : NULL;
	const __u32 *addr;

	if (!origin)
		return PASS;
	addr = (const __u32 *)origin->addr;
	ctx->user_ip6[0] = addr[0];
	ctx->user_ip6[1] = addr[1];
	ctx->user_ip6[2] = addr[2];
	ctx->user_ip6[3] = addr[3];
	ctx->user_port = origin->port;
	return PASS;
}

static __always_inline void set_ip4(struct skw_policy_source *source, __u32 addr)
{
	__u32 *to = (__u32 *)source->addr;

	to[0] = to[1] = 0;
	to[2] = MAPPED;
	to[3] = addr;
}

/* The client has its address and its port by now, and has sent nothing yet. */
SEC("sockops")
int skw_policy_connected(struct bpf_sock_ops *ctx)
{
	struct skw_policy_source source = { 0 };
	struct skw_policy_origin *origin;
	__u32 *to = (__u32 *)source.addr;
	struct bpf_sock *sk = ctx->sk;

	if (ctx->op != TCP_CONNECT_CB || !sk)
		return PASS;
	origin = bpf_sk_storage_get(&origins, sk, NULL, 0);
	if (!origin)
		return PASS;
	origin->sequence = BPF_CORE_READ((const struct tcp_sock *)kernel_sock(sk), write_seq);
	if (ctx->family == AF_INET) {
		__u32 addr = ctx->local_ip4;

		asm volatile("" : "+r"(addr));
		set_ip4(&source, addr);
	} else {
		to[0] = ctx->local_ip6[0];
		to[1] = ctx->local_ip6[1];
		to[2] = ctx->local_ip6[2];
		to[3] = ctx->local_ip6[3];
	}
	source.port = (__u16)ctx->local_port;
	source.netns = bpf_get_netns_cookie(ctx);
	if (bpf_map_update_elem(&sources, &source, origin, BPF_ANY))
		TOTAL(failed);
	return PASS;
}

/* struct sockaddr_in and sockaddr_in6, as far as they are filled in. */
struct address4 {
	__u16 family;
	__u16 port;
	__u32 addr;
	__u64 zero;
};

struct address6 {
	__u16 family;
	__u16 port;
	__u32 flow;
	__u32 addr[4];
	__u32 scope;
};

static __always_inline bool is_ip4(const struct skw_policy_origin *origin)
{
	const __u32 *addr = (const __u32 *)origin->addr;

	return !addr[0] && !addr[1] && addr[2] == MAPPED;
}

/*
 * Whether the connection is the one that was redirected. Another one, also of a program that is not
 * in the cgroup, may have the same port later.
 */
static __always_inline bool is_its_origin(struct bpf_sock *sk,
					  const struct skw_policy_origin *origin)
{
	const struct bpf_tcp_sock *tcp = bpf_tcp_sock(sk);
	__u64 bytes;
	__u32 first;

	/* A socket of MPTCP does not tell. */
	if (!tcp)
		return true;
	bytes = tcp->bytes_received;
	/* clang would load the half that is used, which the verifier refuses. */
	asm volatile("" : "+r"(bytes));
	/* A FIN that comes with the SYN is not among the bytes that the kernel has counted. */
	first = tcp->rcv_nxt - (__u32)bytes - 1;
	return first == origin->sequence || first - 1 == origin->sequence;
}

static __always_inline const struct skw_policy_origin *origin_of(struct bpf_sockopt *ctx)
{
	const struct skw_policy_origin *origin;
	struct skw_policy_source source = { 0 };
	__u32 *to = (__u32 *)source.addr;
	struct bpf_sock *sk = ctx->sk;

	if (!sk)
		return NULL;
	if (sk->family == AF_INET) {
		__u32 addr = sk->dst_ip4;

		asm volatile("" : "+r"(addr));
		set_ip4(&source, addr);
	} else {
		to[0] = sk->dst_ip6[0];
		to[1] = sk->dst_ip6[1];
		to[2] = sk->dst_ip6[2];
		to[3] = sk->dst_ip6[3];
	}
	source.port = bpf_ntohs(sk->dst_port);
	source.netns = bpf_get_netns_cookie(ctx);
	origin = bpf_map_lookup_elem(&sources, &source);
	return origin && is_its_origin(sk, origin) ? origin : NULL;
}

/* Answers a proxy as if the kernel's packet filter had redirected the connection. */
SEC("cgroup/getsockopt")
int skw_policy_original(struct bpf_sockopt *ctx)
{
	const struct skw_policy_origin *origin;
	void *to = ctx->optval, *end = ctx->optval_end;

	if (ctx->optname != SO_ORIGINAL_DST || (ctx->level != SOL_IP && ctx->level != SOL_IPV6))
		return PASS;
	origin = origin_of(ctx);
	if (!origin || is_ip4(origin) != (ctx->level == SOL_IP))
		return PASS;
	if (ctx->level == SOL_IP) {
		struct address4 *out = to;

		if ((void *)(out + 1) > end)
			return PASS;
		out->family = AF_INET;
		out->port = origin->port;
		out->addr = *(const __u32 *)&origin->addr[12];
		out->zero = 0;
		ctx->optlen = sizeof(*out);
	} else {
		struct address6 *out = to;

		if ((void *)(out + 1) > end)
			return PASS;
		out->family = AF_INET6;
		out->port = origin->port;
		out->flow = out->scope = 0;
		__builtin_memcpy(out->addr, origin->addr, sizeof(out->addr));
		ctx->optlen = sizeof(*out);
	}
	/* clang would make one store of this and the one before, which the verifier refuses. */
	asm volatile("" ::: "memory");
	ctx->retval = 0;
	return PASS;
}

#endif
