// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Finds the sockets that a policy of a cgroup does not reach, among all open files. */
#include "task.bpf.h"
#include "abi/policy.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define AF_PACKET      17
#define SOCK_DGRAM     2
#define SOCK_RAW       3
#define TCP_CLOSE      7
#define TCP_LISTEN     10
#define IPPROTO_ICMP   1
#define IPPROTO_ICMPV6 58
#define SOCKETS_MAX    65536
#define EEXIST         17

struct skw_policy_escapes escapes;

/* The ids of the cgroup and of those below it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SOCKETS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u8);
} inside SEC(".maps");

/* Sockets that were counted: several processes may hold one. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SOCKETS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u8);
} counted SEC(".maps");

static __always_inline bool is_inside(__u64 cgroup_id)
{
	__u64 yes = bpf_map_lookup_elem(&inside, &cgroup_id) ? 1 : 0;

	/* Otherwise clang computes with the two pointers, which the verifier refuses. */
	asm volatile("" : "+r"(yes));
	return yes;
}

static __always_inline bool is_first(const void *sk)
{
	__u64 key = (__u64)sk;
	__u8 one = 1;
	/* Before 6.4 the upper half of what it returns is not that of a negative number. */
	int ret = (int)bpf_map_update_elem(&counted, &key, &one, BPF_NOEXIST);

	if (ret && ret != -EEXIST)
		escapes.full++;
	return ret == 0;
}

static __always_inline bool is_connected(const struct sock *sk)
{
	__u8 state = sk->__sk_common.skc_state;

	return sk->__sk_common.skc_dport && state != TCP_CLOSE && state != TCP_LISTEN;
}

static __always_inline bool is_raw(const struct sock *sk)
{
	return sk->sk_type == SOCK_RAW ||
	       (sk->sk_type == SOCK_DGRAM &&
		(sk->sk_protocol == IPPROTO_ICMP || sk->sk_protocol == IPPROTO_ICMPV6));
}

/* Only one CPU runs the iterator. */
static __always_inline void name_it(const struct task_struct *leader, const struct sock *sk,
				    __u8 kind)
{
	__u64 at = escapes.sockets++;
	struct skw_policy_escape *to;

	/* Otherwise clang checks one register and uses another, which the verifier refuses. */
	asm volatile("" : "+r"(at));
	if (at >= SKW_POLICY_ESCAPES_NAMED)
		return;
	to = &escapes.named[at];
	to->tgid = process_id(leader);
	process_comm(to->comm, leader);
	to->kind = kind;
	to->protocol = sk->sk_protocol;
	if (kind == SKW_POLICY_ESCAPE_PACKET)
		to->family = AF_PACKET;
	else
		SOCK_TUPLE(to, &sk->__sk_common);
}

SEC("iter/task_file")
int skw_policy_scan(struct bpf_iter__task_file *ctx)
{
	const struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;
	bool held, made, raw;
	__u16 family;
	__u8 kind;

	if (!file || !task)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket || !socket->sk)
		return 0;
	sk = socket->sk;
	family = sk->__sk_common.skc_family;
	if (family != AF_INET && family != AF_INET6 && family != AF_PACKET)
		return 0;
	held = is_inside(task->cgroups->dfl_cgrp->kn->id);
	made = family != AF_PACKET && is_inside(sock_cgroup(sk));
	if (!held && !made)
		return 0;
	raw = family != AF_PACKET && is_raw(sk);
	kind = family == AF_PACKET ? SKW_POLICY_ESCAPE_PACKET
	       : raw               ? SKW_POLICY_ESCAPE_RAW
	       : !made             ? SKW_POLICY_ESCAPE_FOREIGN
				   : SKW_POLICY_ESCAPE_OPEN;
	if ((kind == SKW_POLICY_ESCAPE_OPEN && !is_connected(sk)) || !is_first(sk))
		return 0;
	escapes.count[kind & (SKW_POLICY_ESCAPE_KINDS - 1)]++;
	if (raw && !made)
		escapes.count[SKW_POLICY_ESCAPE_FOREIGN]++;
	else if (raw && is_connected(sk))
		escapes.count[SKW_POLICY_ESCAPE_OPEN]++;
	name_it(task->group_leader, sk, kind);
	return 0;
}
