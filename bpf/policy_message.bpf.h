/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Judges what connections send. The kernel asks a program only about sockets in a map, and a socket
 * there loses something for its application. So a connection is put there when it is established,
 * and only if a rule would not let its messages pass in silence.
 *
 * The program of the messages must not use the map itself. Otherwise a socket would keep the map
 * and the map the socket; now the sockets are as before when the policy ends.
 */
#ifndef SKW_POLICY_MESSAGE_BPF_H
#define SKW_POLICY_MESSAGE_BPF_H

#include "policy_judge.bpf.h"

#define SK_DROP     0
#define SK_PASS     1

#define SOCK_STREAM 1

/* include/uapi/linux/bpf.h */
#define BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB  4
#define BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB 5

/* By their cookies. The kernel removes a socket that is closed. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, SKW_POLICY_MESSAGE_SOCKETS);
	__type(key, __u64);
	__type(value, __u64);
} sockets SEC(".maps");

/* A message, by the other end of its connection. */
static __always_inline void read_peer(struct bpf_sock *sk, struct call *call)
{
	const struct sock *from = kernel_sock(sk);

	call->what = SKW_POLICY_MESSAGE;
	call->proto = SKW_POLICY_TCP;
	call->port = bpf_ntohs(BPF_CORE_READ(from, __sk_common.skc_dport));
	if (BPF_CORE_READ(from, __sk_common.skc_family) == AF_INET) {
		call->addr[2] = MAPPED;
		call->addr[3] = BPF_CORE_READ(from, __sk_common.skc_daddr);
		return;
	}
	bpf_core_read(call->addr, sizeof(call->addr), &from->__sk_common.skc_v6_daddr);
}

SEC("sockops")
int skw_policy_established(struct bpf_sock_ops *ctx)
{
	struct call call = { 0 };
	struct bpf_sock *sk = ctx->sk;
	const struct tcp_sock *tp;
	struct found found;
	__u64 cookie;

	if ((ctx->op != BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB &&
	     ctx->op != BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB) ||
	    !sk)
		return PASS;
	read_peer(sk, &call);
	if (!find_rule(sk, &call, &found) || found.action->verdict == SKW_POLICY_ALLOW)
		return PASS;
	tp = bpf_skc_to_tcp_sock(sk);
	cookie = bpf_get_socket_cookie(ctx);
	if (!tp || is_of_kernel(tp) || bpf_sock_hash_update(ctx, &sockets, &cookie, BPF_NOEXIST))
		TOTAL(unreached);
	return PASS;
}

static __always_inline void tell_message(struct bpf_sock *sk, const struct call *call,
					 const struct found *found)
{
	struct skw_policy_event *event = event_reserve();

	if (!event)
		return;
	event->cookie = (__u64)BPF_CORE_READ(kernel_sock(sk), __sk_common.skc_cookie.counter);
	event->family = AF_INET6;
	event->protocol = IPPROTO_TCP;
	event->type = SOCK_STREAM;
	fill_owner(event, sk);
	fill_verdict(event, call, found);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

/*
 * Runs in the sender, with the socket locked. After a message that is dropped the kernel drops all
 * that follow, and does not ask again.
 */
SEC("sk_msg")
int skw_policy_message(struct sk_msg_md *msg)
{
	struct bpf_sock *sk = msg->sk;
	struct call call = { 0 };
	struct found found;

	if (!sk)
		return SK_PASS;
	read_peer(sk, &call);
	/* The rules may have changed since the connection was established. */
	if (!find_rule(sk, &call, &found))
		return SK_PASS;
	count_verdict(&found);
	if (is_told(&found))
		tell_message(sk, &call, &found);
	return found.action->verdict == SKW_POLICY_DENY ? SK_DROP : SK_PASS;
}

#endif
