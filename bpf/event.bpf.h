/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of events, from a sockops callback. */
#ifndef SKW_EVENT_BPF_H
#define SKW_EVENT_BPF_H

#include "ring.bpf.h"
#include "row.bpf.h"
#include "task.bpf.h"

#define CGROUP_DEPTH_MAX 16

/* These are set before loading. */

/* SKW_EVENT_BIT()s of the events that go into the rings. */
const volatile __u32 events;
/* Inode number of the only network namespace that is watched; 0: all are watched. */
const volatile __u32 only_netns;
/* Kernfs id of the cgroup that we are attached to; 0: the root. */
const volatile __u64 subtree;
/* The kernel lets callbacks ask which process's system call they run in. */
const volatile bool creator = true;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the number of possible CPUs, set before loading */
	__type(key, __u32);
	__type(value, struct skw_conn_counters);
} counters SEC(".maps");

/*
 * The counters are per CPU, but a softirq can interrupt these programs and run them again on
 * the same CPU. So the addition is atomic.
 */
#define COUNT(member)                                                                              \
	do {                                                                                       \
		__u32 cpu_ = bpf_get_smp_processor_id();                                           \
		struct skw_conn_counters *count_ = bpf_map_lookup_elem(&counters, &cpu_);          \
                                                                                                   \
		if (count_)                                                                        \
			__sync_fetch_and_add(&count_->member, 1);                                  \
	} while (0)

/*
 * Returns a record in this CPU's ring, or NULL if the ring is full. Both cases are counted. The
 * caller must read the clock after this call: the reader's order in time depends on it
 * (kern/ring/ring.h).
 */
static __always_inline void *event_reserve(__u64 size)
{
	void *ring = ring_of_cpu(bpf_get_smp_processor_id());
	void *rec = NULL;

	if (ring)
		rec = bpf_ringbuf_reserve(ring, size, 0);
	if (rec)
		COUNT(events);
	else
		COUNT(lost);
	return rec;
}

/* The reader is never woken, because a wake-up makes an event ten times as expensive. */
static __always_inline void event_submit(void *rec)
{
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
}

static __always_inline bool wanted(__u8 type)
{
	return events & SKW_EVENT_BIT(type);
}

static __always_inline bool in_netns(const struct sock *sk)
{
	return !only_netns || sock_netns(&sk->__sk_common) == only_netns;
}

/* Tells whether our program gets this socket's callbacks: its cgroup must be below ours. */
static __always_inline bool in_subtree(const struct sock *sk)
{
	const struct cgroup *cgroup;

	if (!subtree)
		return true;
	cgroup = sk->sk_cgrp_data.cgroup;
	for (int i = 0; i < CGROUP_DEPTH_MAX && cgroup; i++) {
		if (cgroup->kn->id == subtree)
			return true;
		if (!cgroup->self.parent)
			return false;
		cgroup = cgroup->self.parent->cgroup;
	}
	return false;
}

static __always_inline void head_fill(struct skw_event_head *head, const struct sock *sk,
				      __u64 cookie, __u8 type, __u64 now)
{
	head->ts_ns = now;
	head->cookie = cookie;
	head->type = type;
	head->old_state = head->new_state = sk->__sk_common.skc_state;
	head->direction = SKW_CONN_UNKNOWN;
	head->netns = sock_netns(&sk->__sk_common);
}

/*
 * A record with the current process, for a callback that runs in a system call on the socket. NULL:
 * the ring is full, or it is a kernel thread: MPTCP opens further subflows from kernel threads.
 */
static __always_inline struct skw_creator_rec *process_reserve(void)
{
	const struct task_struct *task = bpf_get_current_task_btf(), *leader;
	struct skw_creator_rec *rec;
	__u32 tgid;

	if (task->flags & PF_KTHREAD)
		return NULL;
	leader = task->group_leader;
	tgid = process_id(leader);
	if (!tgid)
		return NULL;
	rec = event_reserve(sizeof(*rec));
	if (!rec)
		return NULL;
	rec->tgid = tgid;
	process_comm(rec->comm, leader);
	rec->reserved = 0;
	return rec;
}

/* The current process as a CREATOR or a CLOSER. */
static __always_inline void process_event(const struct sock *sk, __u64 cookie, __u8 type,
					  __u8 direction, __u32 data_segs_in)
{
	struct skw_creator_rec *rec = creator && wanted(type) ? process_reserve() : NULL;

	if (!rec)
		return;
	head_fill(&rec->head, sk, cookie, type, bpf_ktime_get_ns());
	rec->head.direction = direction;
	rec->cgroup_id = sock_cgroup(sk);
	rec->uid = sk->sk_uid.val;
	rec->data_segs_in = data_segs_in;
	event_submit(rec);
}

/* Fills in a record from the socket, with args[] 0. */
static __always_inline void event_fill(struct skw_event_rec *rec, const struct sock *sk,
				       __u64 cookie, __u8 type)
{
	head_fill(&rec->head, sk, cookie, type, bpf_ktime_get_ns());
	rec->cgroup_id = sock_cgroup(sk);
	rec->reserved[0] = rec->reserved[1] = rec->reserved[2] = 0;
	rec->reserved2 = 0;
	rec->uid = sk->sk_uid.val;
	rec->inode = sock_inode(sk);
	rec->args[0] = rec->args[1] = rec->args[2] = rec->args[3] = 0;
	SOCK_TUPLE(rec, &sk->__sk_common);
	SOCK_SCOPE(rec, &sk->__sk_common);
}

/* Returns a record filled in from the socket, or NULL if the ring is full. */
static __always_inline struct skw_event_rec *event_start(const struct sock *sk, __u64 cookie,
							 __u8 type)
{
	struct skw_event_rec *rec = event_reserve(sizeof(*rec));

	if (rec)
		event_fill(rec, sk, cookie, type);
	return rec;
}

#endif
