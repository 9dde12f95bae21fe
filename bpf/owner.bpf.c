// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Finds the processes that hold a socket, by walking over the open files of all processes. */
#include "skw.bpf.h"
#include "task.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

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
	/* An MPTCP socket shares its file with its subflows. */
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
