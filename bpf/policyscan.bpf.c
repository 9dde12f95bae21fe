// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts the sockets that a policy of a cgroup does not reach, among all open files. */
#include "skw.bpf.h"
#include "abi/policy.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define AF_PACKET   17
#define SOCK_DGRAM  2
#define SOCK_RAW    3
#define TCP_CLOSE   7
#define TCP_LISTEN  10
#define SOCKETS_MAX 65536

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

	return bpf_map_update_elem(&counted, &key, &one, BPF_NOEXIST) == 0;
}

static __always_inline bool is_connected(const struct sock *sk)
{
	__u8 state = sk->__sk_common.skc_state;

	return sk->__sk_common.skc_dport && state != TCP_CLOSE && state != TCP_LISTEN;
}

SEC("iter/task_file")
int skw_policy_scan(struct bpf_iter__task_file *ctx)
{
	const struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;
	bool held, made;
	__u16 family;

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
	made = is_inside(sock_cgroup(sk));
	if ((!held && !made) || !is_first(sk))
		return 0;
	if (family == AF_PACKET) {
		escapes.packet += held;
		return 0;
	}
	if (sk->sk_type == SOCK_RAW ||
	    (sk->sk_type == SOCK_DGRAM && (sk->sk_protocol == 1 || sk->sk_protocol == 58)))
		escapes.raw++;
	if (!made)
		escapes.foreign++;
	else if (is_connected(sk))
		escapes.open++;
	return 0;
}
