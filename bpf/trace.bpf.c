// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Traces the kernel, where it can be traced, for events without a sockops callback: a connect()
 * that fails before anything is sent, and SYN-ACKs that are sent again. The rings and the counters
 * are those of conn.bpf.c.
 */
#include "event.bpf.h"

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* struct sockaddr_in and struct sockaddr_in6, which are user ABI. */
struct peer {
	__u16 family;
	__be16 port;
	__u32 v4_or_flow;
	__u32 v6[4];
};

#define PEER_V4_LEN 8
#define PEER_V6_LEN 24

static __always_inline void tell_failure(struct sock *sk, const void *uaddr, int addr_len,
					 __u16 family, int ret)
{
	struct peer peer = {};
	struct skw_event_rec *rec;
	__u64 cookie;
	__u32 *remote;

	if (ret >= 0 || !wanted(SKW_EVENT_CONNECT) || !in_netns(sk) || !in_subtree(sk))
		return;
	if (addr_len < (family == AF_INET ? PEER_V4_LEN : PEER_V6_LEN))
		return;
	bpf_probe_read_kernel(&peer, family == AF_INET ? PEER_V4_LEN : PEER_V6_LEN, uaddr);
	cookie = bpf_get_socket_cookie(sk);
	process_event(sk, cookie, SKW_EVENT_CREATOR, SKW_CONN_OUT, SKW_NONE32);
	rec = event_start(sk, cookie, SKW_EVENT_FAILED);
	if (!rec)
		return;
	/* The socket has forgotten where it should have connected to. */
	remote = (__u32 *)rec->remote_addr;
	if (family == AF_INET) {
		remote[0] = peer.v4_or_flow;
	} else {
		remote[0] = peer.v6[0];
		remote[1] = peer.v6[1];
		remote[2] = peer.v6[2];
		remote[3] = peer.v6[3];
	}
	rec->remote_port = __builtin_bswap16(peer.port);
	rec->head.direction = SKW_CONN_OUT;
	rec->error = -ret;
	event_submit(rec);
}

SEC("fexit/tcp_v4_connect")
int BPF_PROG(skw_connect4, struct sock *sk, void *uaddr, int addr_len, int ret)
{
	/* tcp_v6_connect() calls this for an IPv4 address in an IPv6 socket, and tells it itself.
	 */
	if (sk->__sk_common.skc_family == AF_INET)
		tell_failure(sk, uaddr, addr_len, AF_INET, ret);
	return 0;
}

SEC("fexit/tcp_v6_connect")
int BPF_PROG(skw_connect6, struct sock *sk, void *uaddr, int addr_len, int ret)
{
	tell_failure(sk, uaddr, addr_len, AF_INET6, ret);
	return 0;
}

/* The kernel's tracepoint tcp_retransmit_synack. */
SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(skw_synack, const struct sock *sk, const struct request_sock *request)
{
	const struct tcp_request_sock *treq = (const void *)request;
	struct skw_event_rec *rec;

	/* With TCP Fast Open it may be the socket of the connection. */
	if (sk->__sk_common.skc_state != TCP_LISTEN || !wanted(SKW_EVENT_RETRANS) ||
	    !in_netns(sk) || !in_subtree(sk))
		return 0;
	rec = event_start(sk, bpf_get_socket_cookie((void *)sk), SKW_EVENT_SYNACK);
	if (!rec)
		return 0;
	SOCK_TUPLE(rec, &request->__req_common);
	SOCK_SCOPE(rec, &request->__req_common);
	rec->head.direction = SKW_CONN_IN;
	bpf_core_read(&rec->seq, sizeof(rec->seq), &treq->snt_isn);
	rec->segs = 1;
	event_submit(rec);
	return 0;
}
