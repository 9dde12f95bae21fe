// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Whose a socket is: who called connect(), and who has it among its open files now. Process
 * numbers are those of the reader's pid namespace, and the name is the whole process's.
 */
#include "skw.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PID_LEVELS_MAX 32 /* MAX_PID_NS_LEVEL, include/linux/pid_namespace.h */

/* Set before loading: inode number of the reader's pid namespace; 0: the first of all. */
const volatile __u32 reader_pidns;

/* 0: can't be seen from the reader's namespace. */
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
		/* The verifier knows no second element of an array that ends a structure. */
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

SEC("iter/task_file")
int skw_sweep_holders(struct bpf_iter__task_file *ctx)
{
	const struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct skw_holder_rec rec;
	struct socket *socket;
	struct sock *sk;

	if (!file || !task)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket || !socket->sk)
		return 0;
	sk = socket->sk;
	if (sk->__sk_common.skc_family != AF_INET && sk->__sk_common.skc_family != AF_INET6)
		return 0;
	/* The file of an MPTCP socket is also that of its subflows. */
	if (sk->sk_protocol != IPPROTO_TCP && sk->sk_protocol != IPPROTO_UDP &&
	    sk->sk_protocol != IPPROTO_MPTCP)
		return 0;
	rec.inode = (__u32)file->f_inode->i_ino;
	rec.tgid = process_id(task->group_leader);
	process_comm(rec.comm, task->group_leader);
	if (rec.tgid)
		bpf_seq_write(ctx->meta->seq, &rec, sizeof(rec));
	return 0;
}

/*
 * The source port is not chosen yet, so the cookie is what this is known by later. Always allows,
 * whatever else is the matter.
 */
static __always_inline int on_connect(struct bpf_sock_addr *ctx)
{
	const struct task_struct *leader;
	struct skw_creator_rec *rec;
	struct tcp_sock *tp;
	__u32 tgid;

	if (ctx->protocol != IPPROTO_TCP || !ctx->sk)
		return 1;
	tp = bpf_skc_to_tcp_sock(ctx->sk);
	if (!tp)
		return 1;
	leader = ((struct task_struct *)bpf_get_current_task_btf())->group_leader;
	tgid = process_id(leader);
	if (!tgid)
		return 1;
	rec = event_reserve(sizeof(*rec));
	if (!rec)
		return 1;
	rec->head.ts_ns = bpf_ktime_get_ns();
	rec->head.cookie = bpf_get_socket_cookie(ctx);
	rec->head.type = SKW_EVENT_CREATOR;
	rec->head.old_state = rec->head.new_state =
		tp->inet_conn.icsk_inet.sk.__sk_common.skc_state;
	rec->head.direction = SKW_CONN_OUT;
	rec->head.netns = sock_netns(&tp->inet_conn.icsk_inet.sk.__sk_common);
	rec->cgroup_id = sock_cgroup(&tp->inet_conn.icsk_inet.sk);
	rec->tgid = tgid;
	rec->uid = (__u32)bpf_get_current_uid_gid();
	process_comm(rec->comm, leader);
	event_submit(rec);
	return 1;
}

SEC("cgroup/connect4")
int skw_connect4(struct bpf_sock_addr *ctx)
{
	return on_connect(ctx);
}

SEC("cgroup/connect6")
int skw_connect6(struct bpf_sock_addr *ctx)
{
	return on_connect(ctx);
}
