// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Judges connect(), bind(), sendto() and socket() of a cgroup by rules: see abi/policy.h. A program
 * that returns 0 makes the call fail, with EPERM unless bpf_set_retval() has set another error.
 */
#include "policy.bpf.h"
#include "policy_redirect.bpf.h"
#include "task.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define FAIL            0

#define SOCK_RAW        3
#define IPPROTO_ICMP    1
#define IPPROTO_ICMPV6  58
#define IPPROTO_UDPLITE 136

#define ACCESS_DENIED   13 /* EACCES */
#define WINDOW_SHIFT    30 /* about a second */

/* These are set before loading. */
/* Events per second; 0: no limit. */
const volatile __u64 rate;
/* Calls that a rule allows are told, too. */
const volatile bool tells_allowed;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SKW_POLICY_CONTROLS);
	__type(key, __u32);
	__type(value, __u64);
} control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SKW_POLICY_SETS);
	__type(key, __u32);
	__type(value, struct skw_policy_set);
} sets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SKW_POLICY_SETS);
	__type(key, __u32);
	__type(value, struct skw_policy_ports);
} ports SEC(".maps");

struct trie {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SKW_POLICY_PREFIXES);
	__uint(key_size, sizeof(struct skw_policy_prefix));
	__uint(value_size, sizeof(struct skw_policy_bits));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SKW_POLICY_SETS);
	__type(key, __u32);
	__array(values, struct trie);
} tries SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SKW_POLICY_SETS *SKW_POLICY_GROUPS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct skw_policy_group);
	__type(value, struct skw_policy_bits);
} groups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SKW_POLICY_SETS *SKW_POLICY_RULES);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} ring SEC(".maps");

/* Events in this second. */
__u64 window_at;
__u64 window_used;

/* A rule that decides. */
struct found {
	struct skw_policy_action *action;
	__u32 rule;
	__u32 generation;
};

static __always_inline __u64 lowest_bit(__u64 word)
{
	__u64 at = 0;

	word &= -word;
	at |= (__u64) !!(word & 0xffffffff00000000ULL) << 5;
	at |= (__u64) !!(word & 0xffff0000ffff0000ULL) << 4;
	at |= (__u64) !!(word & 0xff00ff00ff00ff00ULL) << 3;
	at |= (__u64) !!(word & 0xf0f0f0f0f0f0f0f0ULL) << 2;
	at |= (__u64) !!(word & 0xccccccccccccccccULL) << 1;
	at |= (__u64) !!(word & 0xaaaaaaaaaaaaaaaaULL);
	return at;
}

#define CGROUP_DEPTH_MAX 16

/* The id of the nearest cgroup with an entry, see struct skw_policy_group. */
__noinline __u64 group_of(__u64 cgroup_at, __u32 at)
{
	const struct cgroup *cgroup = (const void *)cgroup_at;
	struct skw_policy_group key = { .set = at };

	for (int i = 0; i < CGROUP_DEPTH_MAX && cgroup; i++) {
		key.id = BPF_CORE_READ(cgroup, kn, id);
		if (bpf_map_lookup_elem(&groups, &key))
			return key.id;
		cgroup = BPF_CORE_READ(cgroup, self.parent, cgroup);
	}
	return 0;
}

/*
 * The number of the first rule that has nothing against the call, or SKW_POLICY_RULES. It is not
 * static, so the verifier checks it once and not for each program.
 */
__noinline __u32 first_rule(struct call *call, __u32 at)
{
	struct skw_policy_prefix key = { .len = 128 };
	const struct skw_policy_bits *kind, *addr, *port, *group;
	struct skw_policy_group group_key = { 0 };
	struct skw_policy_ports *by_port;
	struct skw_policy_set *set;
	void *trie;

	if (!call)
		return SKW_POLICY_RULES;
	at &= 1;
	set = bpf_map_lookup_elem(&sets, &at);
	trie = bpf_map_lookup_elem(&tries, &at);
	by_port = bpf_map_lookup_elem(&ports, &at);
	if (!set || !trie || !by_port)
		return SKW_POLICY_RULES;
	__builtin_memcpy(key.addr, call->addr, sizeof(key.addr));
	addr = bpf_map_lookup_elem(trie, &key);
	if (!addr)
		return SKW_POLICY_RULES;
	kind = &set->kind[(call->what * SKW_POLICY_PROTOS + call->proto) & (SKW_POLICY_KINDS - 1)];
	port = &by_port->bits[by_port->of_port[call->port] & (SKW_POLICY_PORT_CLASSES - 1)];
	group = addr;
	if (set->groups) {
		group_key.id = group_of(call->cgroup, at);
		group_key.set = at;
		group = bpf_map_lookup_elem(&groups, &group_key);
		if (!group)
			return SKW_POLICY_RULES;
	}
	for (__u32 i = 0; i < SKW_POLICY_WORDS && i < set->words; i++) {
		__u64 word = kind->word[i] & addr->word[i] & port->word[i] & group->word[i];

		if (word)
			return i * 64 + (__u32)lowest_bit(word);
	}
	return SKW_POLICY_RULES;
}

/* The set is chosen once for a call, so that a rule and its action are of the same set. */
static __always_inline bool judge(struct bpf_sock *sk, struct call *call, struct found *found)
{
	__u32 zero = SKW_POLICY_ACTIVE, at;
	__u64 *active = bpf_map_lookup_elem(&control, &zero), *count;
	struct skw_policy_set *set;

	if (!active)
		return false;
	at = (__u32) * (volatile __u64 *)active & 1;
	call->cgroup = (__u64)BPF_CORE_READ(kernel_sock(sk), sk_cgrp_data.cgroup);
	found->rule = first_rule(call, at);
	set = bpf_map_lookup_elem(&sets, &at);
	if (!set || found->rule >= SKW_POLICY_RULES)
		return false;
	found->action = &set->action[found->rule & (SKW_POLICY_RULES - 1)];
	found->generation = set->generation;
	at = at * SKW_POLICY_RULES + found->rule;
	count = bpf_map_lookup_elem(&counts, &at);
	if (count)
		__sync_fetch_and_add(count, 1);
	return true;
}

/* Whether one more event may be told in this second. */
static __always_inline bool within_rate(__u64 now)
{
	__u64 second = now >> WINDOW_SHIFT, before = window_at;

	if (!rate)
		return true;
	if (before != second && __sync_val_compare_and_swap(&window_at, before, second) == before)
		window_used = 0;
	return __sync_fetch_and_add(&window_used, 1) < rate;
}

static __always_inline struct skw_policy_event *event_reserve(void)
{
	__u32 key = SKW_POLICY_TELL;
	const __u64 *tell = bpf_map_lookup_elem(&control, &key);
	struct skw_policy_event *event;

	if (!tell || !*tell)
		return NULL;
	if (!within_rate(bpf_ktime_get_ns())) {
		TOTAL(limited);
		return NULL;
	}
	event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
	if (event)
		TOTAL(told);
	else
		TOTAL(lost);
	return event;
}

static __always_inline void fill_owner(struct skw_policy_event *event, struct bpf_sock *sk)
{
	const struct task_struct *leader = bpf_get_current_task_btf()->group_leader;
	const struct sock *from = kernel_sock(sk);

	event->ts_ns = bpf_ktime_get_ns();
	event->tgid = process_id(leader);
	process_comm(event->comm, leader);
	event->uid = (__u32)bpf_get_current_uid_gid();
	event->cgroup_id = BPF_CORE_READ(from, sk_cgrp_data.cgroup, kn, id);
	event->netns = BPF_CORE_READ(from, __sk_common.skc_net.net, ns.inum);
	event->local_port = BPF_CORE_READ(from, __sk_common.skc_num);
}

static __always_inline void fill_verdict(struct skw_policy_event *event, const struct call *call,
					 const struct found *found)
{
	event->generation = found->generation;
	event->rule = (__u16)found->rule;
	event->verdict = found->action->verdict;
	event->error = found->action->error;
	event->what = call->what;
	if (call->what == SKW_POLICY_BIND) {
		__builtin_memset(event->remote_addr, 0, sizeof(event->remote_addr));
		__builtin_memcpy(event->local_addr, call->addr, sizeof(event->local_addr));
		event->remote_port = 0;
		event->local_port = call->port;
	} else {
		__builtin_memset(event->local_addr, 0, sizeof(event->local_addr));
		__builtin_memcpy(event->remote_addr, call->addr, sizeof(event->remote_addr));
		event->remote_port = call->port;
	}
	/* A raw socket has its protocol there. */
	if (call->what == SKW_POLICY_CREATE)
		event->local_port = 0;
}

static __always_inline void count_verdict(const struct found *found)
{
	__u32 zero = 0;
	struct skw_policy_totals *sum = bpf_map_lookup_elem(&totals, &zero);

	if (sum)
		__sync_fetch_and_add(
			&sum->verdict[found->action->verdict & (SKW_POLICY_VERDICTS - 1)], 1);
}

static __always_inline bool is_told(const struct found *found)
{
	return found->action->verdict != SKW_POLICY_ALLOW || tells_allowed;
}

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
	if (!ctx->sk || !judge(ctx->sk, call, found))
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
	if (!judge(sk, &call, &found))
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
