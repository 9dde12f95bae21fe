// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Judges connect(), bind(), sendto() and socket() of a cgroup by rules: see abi/policy.h. A program
 * that returns 0 makes the call fail, with EPERM unless bpf_set_retval() has set another error.
 */
#include "policy.bpf.h"
#include "policy_judge.bpf.h"
#include "policy_message.bpf.h"
#include "policy_redirect.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define FAIL            0

#define SOCK_RAW        3
#define IPPROTO_ICMP    1
#define IPPROTO_ICMPV6  58
#define IPPROTO_UDPLITE 136

#define ACCESS_DENIED   13 /* EACCES */

/*
 * bpf_set_retval() with an argument of 64 bits: since 7.3 the verifier wants to see that it is a
 * negative errno, and clang clears the upper half of an int.
 */
static long (*set_retval)(__s64 retval) = (void *)187;
#define ERRNO_MASK 0xfff /* MAX_ERRNO, include/linux/err.h */

/* The kernel's order: to pass or to fail. */
static __always_inline int answer(const struct found *found)
{
	if (found->action->verdict != SKW_POLICY_DENY)
		return PASS;
	set_retval(-(__s64)(found->action->error & ERRNO_MASK));
	return FAIL;
}

static __always_inline int could_not(void)
{
	TOTAL(failed);
	set_retval(-ACCESS_DENIED);
	return FAIL;
}

static __always_inline __u8 proto_of(__u32 type, __u32 protocol)
{
	if (type == SOCK_RAW)
		return SKW_POLICY_RAW;
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP)
		return SKW_POLICY_TCP;
	if (protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE)
		return SKW_POLICY_UDP;
	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
		return SKW_POLICY_ICMP;
	return SKW_POLICY_OTHER;
}

/* To the address 0 means to this host: the address of the socket, or the loopback's. */
static __always_inline void read_ip4(struct bpf_sock_addr *ctx, struct call *call)
{
	__u32 addr = ctx->user_ip4, own = ctx->sk ? ctx->sk->src_ip4 : 0;

	/* Otherwise clang loads from one address for both versions, which the verifier refuses. */
	asm volatile("" : "+r"(addr), "+r"(own));
	if (!addr && call->what != SKW_POLICY_BIND)
		addr = own ? own : LOOPBACK4;
	call->addr[0] = call->addr[1] = 0;
	call->addr[2] = MAPPED;
	call->addr[3] = addr;
}

static __always_inline void read_ip6(struct bpf_sock_addr *ctx, struct call *call)
{
	bool is_ip4;
	__u32 own;

	call->addr[0] = ctx->user_ip6[0];
	call->addr[1] = ctx->user_ip6[1];
	call->addr[2] = ctx->user_ip6[2];
	call->addr[3] = ctx->user_ip6[3];
	if (call->what == SKW_POLICY_BIND || call->addr[0] || call->addr[1])
		return;
	is_ip4 = ctx->sk && ctx->sk->src_ip6[2] == MAPPED && !ctx->sk->src_ip6[0] &&
		 !ctx->sk->src_ip6[1];
	if (!call->addr[2] && !call->addr[3]) {
		call->addr[2] = is_ip4 ? MAPPED : 0;
		call->addr[3] = is_ip4 ? LOOPBACK4 : bpf_htonl(1);
	} else if (call->addr[2] == MAPPED && !call->addr[3]) {
		own = is_ip4 ? ctx->sk->src_ip6[3] : 0;
		call->addr[3] = own ? own : LOOPBACK4;
	}
}

static __always_inline void tell_address(struct bpf_sock_addr *ctx, const struct call *call,
					 const struct found *found)
{
	struct bpf_sock *sk = ctx->sk;
	struct skw_policy_event *event = sk ? event_reserve() : NULL;

	if (!event)
		return;
	event->cookie = bpf_get_socket_cookie(ctx);
	event->family = AF_INET6;
	event->protocol = (__u8)ctx->protocol;
	event->type = ctx->type;
	fill_owner(event, sk);
	fill_verdict(event, call, found);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

/* Reads the call and finds its rule. Returns whether one decides. */
static __always_inline bool judge_address(struct bpf_sock_addr *ctx, struct call *call,
					  struct found *found)
{
	call->proto = proto_of(ctx->type, ctx->protocol);
	call->port = bpf_ntohs((__u16)ctx->user_port);
	if (!ctx->sk || !find_rule(ctx->sk, call, found))
		return false;
	count_verdict(found);
	if (is_told(found))
		tell_address(ctx, call, found);
	return true;
}

#define ON_ADDRESS(name, hook, kind, version)                                                      \
	SEC(hook) int name(struct bpf_sock_addr *ctx)                                              \
	{                                                                                          \
		struct call call = { .what = kind };                                               \
		struct found found;                                                                \
                                                                                                   \
		read_ip##version(ctx, &call);                                                      \
		return judge_address(ctx, &call, &found) ? answer(&found) : could_not();           \
	}

ON_ADDRESS(skw_policy_bind4, "cgroup/bind4", SKW_POLICY_BIND, 4)
ON_ADDRESS(skw_policy_bind6, "cgroup/bind6", SKW_POLICY_BIND, 6)
ON_ADDRESS(skw_policy_send4, "cgroup/sendmsg4", SKW_POLICY_SEND, 4)
ON_ADDRESS(skw_policy_send6, "cgroup/sendmsg6", SKW_POLICY_SEND, 6)

SEC("cgroup/connect4")
int skw_policy_connect4(struct bpf_sock_addr *ctx)
{
	struct call call = { .what = SKW_POLICY_CONNECT };
	struct found found;

	read_ip4(ctx, &call);
	if (!judge_address(ctx, &call, &found))
		return could_not();
	if (!redirects || found.action->verdict != SKW_POLICY_REDIRECT) {
		forget_origin(ctx);
		return answer(&found);
	}
	if (!found.action->via_is_ip4 || !keep_origin(ctx, &call))
		return could_not();
	ctx->user_ip4 = *(__u32 *)&found.action->via[12];
	ctx->user_port = found.action->via_port;
	return PASS;
}

SEC("cgroup/connect6")
int skw_policy_connect6(struct bpf_sock_addr *ctx)
{
	struct call call = { .what = SKW_POLICY_CONNECT };
	const __u32 *via;
	struct found found;

	read_ip6(ctx, &call);
	if (!judge_address(ctx, &call, &found))
		return could_not();
	if (!redirects || found.action->verdict != SKW_POLICY_REDIRECT) {
		forget_origin(ctx);
		return answer(&found);
	}
	if (!keep_origin(ctx, &call))
		return could_not();
	via = (const __u32 *)found.action->via;
	ctx->user_ip6[0] = via[0];
	ctx->user_ip6[1] = via[1];
	ctx->user_ip6[2] = via[2];
	ctx->user_ip6[3] = via[3];
	ctx->user_port = found.action->via_port;
	return PASS;
}

SEC("cgroup/sock_create")
int skw_policy_create(struct bpf_sock *sk)
{
	struct call call = { .what = SKW_POLICY_CREATE };
	struct skw_policy_event *event;
	struct found found;

	call.proto = proto_of(sk->type, sk->protocol);
	if (!find_rule(sk, &call, &found))
		return could_not();
	count_verdict(&found);
	event = is_told(&found) ? event_reserve() : NULL;
	if (event) {
		event->cookie = bpf_get_socket_cookie(sk);
		event->family = (__u8)sk->family;
		event->protocol = (__u8)sk->protocol;
		event->type = sk->type;
		fill_owner(event, sk);
		fill_verdict(event, &call, &found);
		bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	}
	return answer(&found);
}
