/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The number and the name of a process, as the user knows them: the number in the reader's pid
 * namespace, and the name of the process, not of one of its threads.
 */
#ifndef SKW_TASK_BPF_H
#define SKW_TASK_BPF_H

#include "skw.bpf.h"

#define PF_KTHREAD     0x00200000 /* include/linux/sched.h */
#define PID_LEVELS_MAX 32         /* MAX_PID_NS_LEVEL, include/linux/pid_namespace.h */

/*
 * Inode number of the reader's pid namespace, or 0 if the reader is in the initial one. Set
 * before loading.
 */
const volatile __u32 reader_pidns;

/* Returns 0 if the process has no number in the reader's pid namespace. */
static __always_inline __u32 process_id(const struct task_struct *leader)
{
	const struct pid *pid;
	const void *upid;

	if (!reader_pidns)
		return (__u32)leader->tgid;
	pid = leader->thread_pid;
	upid = (const void *)pid + bpf_core_field_offset(struct pid, numbers);
	for (__u32 level = 0; level < PID_LEVELS_MAX; level++) {
		const struct pid_namespace *ns = NULL;
		__u32 inum = 0, nr = 0;

		if (level > pid->level)
			break;
		/*
		 * `numbers` is the last member of struct pid and is declared with one element.
		 * The verifier refuses a direct load of a further element.
		 */
		bpf_probe_read_kernel(&ns, sizeof(ns),
				      upid + bpf_core_field_offset(struct upid, ns));
		bpf_probe_read_kernel(&nr, sizeof(nr),
				      upid + bpf_core_field_offset(struct upid, nr));
		bpf_core_read(&inum, sizeof(inum), &ns->ns.inum);
		if (inum == reader_pidns)
			return nr;
		upid += bpf_core_type_size(struct upid);
	}
	return 0;
}

static __always_inline void process_comm(char *to, const struct task_struct *leader)
{
	((__u64 *)to)[0] = *(const __u64 *)&leader->comm[0];
	((__u64 *)to)[1] = *(const __u64 *)&leader->comm[8];
}

#endif
