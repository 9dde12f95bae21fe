/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps of the owner filter, and which processes and cgroups are chosen. */
#ifndef SKW_CHOSEN_BPF_H
#define SKW_CHOSEN_BPF_H

#include "task.bpf.h"
#include "wire.bpf.h"

#define CGROUP_DEPTH_MAX 16
#define PARENTS_MAX      16
#define CLOSED_TRIES     8
#define PORT_WORDS       (65536 / 8)

/* A tuple of a closed socket lives on for as long as TIME_WAIT: TCP_TIMEWAIT_LEN. */
#define LINGER_NS 60000000000ULL

/* These are set before loading. */

/* Cookie of the network namespace of the capture. */
const volatile __u64 own_netns;
/* The programs are attached to chosen cgroups only, so each socket that they see is chosen. */
const volatile bool everything;
const volatile bool by_pid, by_comm, by_cgroup;
/* Children of the chosen processes are chosen, too. */
const volatile bool with_children;

/* The value is the start of the process, or 0 as long as nobody has met it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u64);
} pids SEC(".maps");

struct comm {
	char text[SKW_CHOSEN_COMM_LEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SKW_CHOSEN_MAX);
	__type(key, struct comm);
	__type(value, __u8);
} comms SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SKW_CHOSEN_MAX);
	__type(key, __u64); /* kernfs id */
	__type(value, __u8);
} cgroups SEC(".maps");

/* Resized before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct skw_chosen_tuple);
	__type(value, struct skw_chosen_entry);
} tuples SEC(".maps");

/*
 * Tuples of closed sockets, the oldest first: they make room for others. Also resized. A tuple that
 * was used again may be here twice.
 */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 65536);
	__type(value, struct skw_chosen_tuple);
} closed SEC(".maps");

/* Also resized. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct skw_chosen_end);
	__type(value, struct skw_chosen_entry);
} ends SEC(".maps");

/* Ends of others at an address: each hides a wider end that is chosen. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct skw_chosen_end);
	__type(value, __u8);
} other_ends SEC(".maps");

/* Connections that a chosen listener has answered, until they are established. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct skw_chosen_tuple);
	__type(value, __u64); /* CLOCK_MONOTONIC of the answer */
} answered SEC(".maps");

struct fragment {
	__u8 from[16], to[16];
	__u32 id;
	__u32 protocol;
};

/* Datagrams whose first fragment was chosen. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct fragment);
	__type(value, __u64); /* CLOCK_MONOTONIC of the first fragment */
} fragments SEC(".maps");

/* The uses of a port, as bits. */
enum port_use { PORT_TUPLE = 1, PORT_END = 2, PORT_ANY_END = 4 };

/*
 * The uses of each port of TCP, and then of UDP, that a chosen socket has ever had: a byte for each
 * port. It is asked before the maps are: most packets of others end here.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * PORT_WORDS);
	__type(key, __u32);
	__type(value, __u64);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct skw_chosen_counters);
} counters SEC(".maps");

/* The tap's own map takes its place before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

/*
 * Only chosen sockets have this storage. An accepted socket gets a copy of its listener's: so it is
 * chosen from its birth.
 */
struct own_socket {
	__u64 id;
	__u64 netns;
	struct skw_chosen_tuple wire; /* entered, with `remote` all zeros if it is an end */
	bool is_entered;              /* the tuple is the one on the wire */
	bool is_end;                  /* `wire` is in the map of ends */
	bool is_counted;              /* as opened */
	bool is_closed;               /* by its last holder, or by TCP */
	bool has_callbacks;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct own_socket);
} sockets SEC(".maps");

#define COUNT(member)                                                                              \
	do {                                                                                       \
		__u32 zero_ = 0;                                                                   \
		struct skw_chosen_counters *count_ = bpf_map_lookup_elem(&counters, &zero_);       \
                                                                                                   \
		if (count_)                                                                        \
			__sync_fetch_and_add(&count_->member, 1);                                  \
	} while (0)

static __always_inline bool cgroup_chosen(const struct cgroup *cgroup)
{
	for (int i = 0; i < CGROUP_DEPTH_MAX && cgroup; i++) {
		__u64 id = cgroup->kn->id;

		if (bpf_map_lookup_elem(&cgroups, &id))
			return true;
		if (!cgroup->self.parent)
			return false;
		cgroup = cgroup->self.parent->cgroup;
	}
	return false;
}

/*
 * A number may go to another process later, so the first process that is met with it is noted by
 * its start.
 */
static __always_inline bool pid_chosen(const struct task_struct *leader)
{
	__u32 pid = process_id(leader);
	__u64 *start = bpf_map_lookup_elem(&pids, &pid);

	if (!start)
		return false;
	if (!*start)
		*start = leader->start_time;
	return *start == leader->start_time;
}

static __always_inline bool ancestor_chosen(const struct task_struct *leader)
{
	const struct task_struct *task = leader;
	__u64 start = leader->start_time;
	__u32 pid = process_id(leader);

	for (int i = 0; i < PARENTS_MAX && task; i++) {
		task = task->real_parent;
		if (!task)
			return false;
		task = task->group_leader;
		if (!task || !task->tgid)
			return false;
		if (!pid_chosen(task))
			continue;
		/* It stays a child when its parent has gone. */
		bpf_map_update_elem(&pids, &pid, &start, BPF_ANY);
		return true;
	}
	return false;
}

static __always_inline bool leader_chosen(const struct task_struct *leader)
{
	if (by_pid && (pid_chosen(leader) || (with_children && ancestor_chosen(leader))))
		return true;
	if (by_comm) {
		struct comm comm;

		process_comm(comm.text, leader);
		return bpf_map_lookup_elem(&comms, &comm);
	}
	return false;
}

/* For hooks that run in a system call: whether the process, or its cgroup, is chosen. */
static __always_inline bool current_chosen(void)
{
	const struct task_struct *task;

	if (everything)
		return true;
	task = bpf_get_current_task_btf();
	if (task->flags & PF_KTHREAD)
		return false;
	if (by_cgroup && cgroup_chosen(task->cgroups->dfl_cgrp))
		return true;
	return leader_chosen(task->group_leader);
}

#endif
