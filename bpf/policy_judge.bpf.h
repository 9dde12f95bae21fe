/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds the rule that decides about a call, counts it, and tells it. */
#ifndef SKW_POLICY_JUDGE_BPF_H
#define SKW_POLICY_JUDGE_BPF_H

#include "policy.bpf.h"
#include "task.bpf.h"

#define WINDOW_SHIFT 30 /* about a second */

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
	__u32 counter; /* its place in the map */
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
static __always_inline bool find_rule(struct bpf_sock *sk, struct call *call, struct found *found)
{
	__u32 zero = SKW_POLICY_ACTIVE, at;
	__u64 *active = bpf_map_lookup_elem(&control, &zero);
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
	found->counter = at * SKW_POLICY_RULES + found->rule;
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
	__u32 zero = 0, counter = found->counter;
	struct skw_policy_totals *sum = bpf_map_lookup_elem(&totals, &zero);
	__u64 *count = bpf_map_lookup_elem(&counts, &counter);

	if (count)
		__sync_fetch_and_add(count, 1);
	if (sum)
		__sync_fetch_and_add(
			&sum->verdict[found->action->verdict & (SKW_POLICY_VERDICTS - 1)], 1);
}

static __always_inline bool is_told(const struct found *found)
{
	return found->action->verdict != SKW_POLICY_ALLOW || tells_allowed;
}

#endif
