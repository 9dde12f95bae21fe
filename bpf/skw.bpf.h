/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Functions that read the kernel's structures, shared by the programs that watch connections.
 * This is the one file that handles differences between kernels, field by field.
 */
#ifndef SKW_BPF_H
#define SKW_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "abi/conn.h"

#define AF_INET  2
#define AF_INET6 10

/* enum sock_flags, include/net/sock.h */
#define SOCK_DONE 1
/* include/net/sock.h */
#define RCV_SHUTDOWN  1

#define IPPROTO_TCP   6
#define IPPROTO_UDP   17
#define IPPROTO_MPTCP 262

static __always_inline __u32 sock_netns(const struct sock_common *sk)
{
	return sk->skc_net.net->ns.inum;
}

/*
 * Since 6.18 struct sock has a copy of the inode number. On older kernels we go through the
 * file: the inode lies around struct socket, but the verifier allows no pointer from the
 * socket to it.
 */
static __always_inline __u32 sock_inode(const struct sock *sk)
{
	if (bpf_core_field_exists(sk->sk_ino))
		return (__u32)sk->sk_ino;
	return sk->sk_socket ? (__u32)sk->sk_socket->file->f_inode->i_ino : 0;
}

static __always_inline __u64 sock_cgroup(const struct sock *sk)
{
	return sk->sk_cgrp_data.cgroup->kn->id;
}

/*
 * The kernel's socket behind a pointer that programs may not look behind. The verifier keeps them
 * from arithmetic with such a pointer, so it is read from the stack like a number.
 */
static __always_inline const struct sock *kernel_sock(void *sk)
{
	void *on_stack = sk;
	const struct sock *out = NULL;

	bpf_probe_read_kernel(&out, sizeof(out), &on_stack);
	return out;
}

/* This is a macro because two types of records have these members. */
#define SOCK_TUPLE(rec, common)                                                                    \
	do {                                                                                       \
		const struct sock_common *from_ = (common);                                        \
		__u32 *local_ = (__u32 *)(rec)->local_addr;                                        \
		__u32 *remote_ = (__u32 *)(rec)->remote_addr;                                      \
                                                                                                   \
		(rec)->family = (__u8)from_->skc_family;                                           \
		(rec)->local_port = from_->skc_num;                                                \
		(rec)->remote_port = __builtin_bswap16(from_->skc_dport);                          \
		if ((rec)->family == AF_INET6) {                                                   \
			local_[0] = from_->skc_v6_rcv_saddr.in6_u.u6_addr32[0];                    \
			local_[1] = from_->skc_v6_rcv_saddr.in6_u.u6_addr32[1];                    \
			local_[2] = from_->skc_v6_rcv_saddr.in6_u.u6_addr32[2];                    \
			local_[3] = from_->skc_v6_rcv_saddr.in6_u.u6_addr32[3];                    \
			remote_[0] = from_->skc_v6_daddr.in6_u.u6_addr32[0];                       \
			remote_[1] = from_->skc_v6_daddr.in6_u.u6_addr32[1];                       \
			remote_[2] = from_->skc_v6_daddr.in6_u.u6_addr32[2];                       \
			remote_[3] = from_->skc_v6_daddr.in6_u.u6_addr32[3];                       \
		} else {                                                                           \
			local_[0] = from_->skc_rcv_saddr;                                          \
			local_[1] = local_[2] = local_[3] = 0;                                     \
			remote_[0] = from_->skc_daddr;                                             \
			remote_[1] = remote_[2] = remote_[3] = 0;                                  \
		}                                                                                  \
	} while (0)

/*
 * 0 for the addresses that have a meaning on one link only: RFC 4291, 2.5.6 and 2.7. It has at most
 * 32 bits. This is computed without a branch, as the verifier goes through all that follows once
 * for each way that leads there.
 */
static __always_inline __u64 off_link(const __u8 *addr)
{
	__u64 head = (__u64)addr[0] << 8 | addr[1];

	return ((head & 0xffc0) ^ 0xfe80) * ((head & 0xff0f) ^ 0xff02);
}

#define NETDEV_HASHENTRIES 256 /* include/linux/netdevice.h, NETDEV_HASHBITS */
#define NETDEV_CHAIN_MAX   64

struct scope {
	char name[SKW_SCOPE_LEN];
};

/*
 * Finds the name of an interface like dev_get_by_index_rcu() in net/core/dev.c. If it is not found,
 * `out` stays as it is. Only sockets with link-local addresses pay for this. As this function is
 * not static, the verifier checks it once and not for each call; so it takes no pointers of the
 * kernel, but a struct net as a number.
 */
__noinline __attribute__((unused)) int scope_name(struct scope *out, __u64 net_at, __u32 ifindex)
{
	const struct net *net = (const void *)net_at;
	const struct hlist_head *heads = NULL;
	const struct hlist_node *node = NULL;

	if (!out || !bpf_core_field_exists(net->dev_index_head))
		return 0;
	bpf_core_read(&heads, sizeof(heads), &net->dev_index_head);
	bpf_probe_read_kernel(&node, sizeof(node), &heads[ifindex & (NETDEV_HASHENTRIES - 1)]);
	for (int i = 0; i < NETDEV_CHAIN_MAX && node; i++) {
		const struct net_device *dev =
			(const void *)node - bpf_core_field_offset(struct net_device, index_hlist);
		int index = 0;

		bpf_core_read(&index, sizeof(index), &dev->ifindex);
		if (index == (int)ifindex) {
			bpf_core_read(out->name, SKW_SCOPE_LEN, &dev->name);
			return 0;
		}
		bpf_core_read(&node, sizeof(node), &node->next);
	}
	return 0;
}

/*
 * Two types of records have these members. The tuple must be filled in before. Best done last: see
 * off_link().
 */
#define SOCK_SCOPE(rec, common)                                                                    \
	do {                                                                                       \
		const struct sock_common *at_ = (common);                                          \
		__u64 net_ = 0;                                                                    \
                                                                                                   \
		(rec)->scope_id = 0;                                                               \
		((__u64 *)(rec)->scope)[0] = ((__u64 *)(rec)->scope)[1] = 0;                       \
		if ((rec)->family == AF_INET6 && at_->skc_bound_dev_if &&                          \
		    !(off_link((rec)->local_addr) * off_link((rec)->remote_addr))) {               \
			(rec)->scope_id = (__u32)at_->skc_bound_dev_if;                            \
			bpf_core_read(&net_, sizeof(net_), &at_->skc_net.net);                     \
			scope_name((struct scope *)(rec)->scope, net_, (rec)->scope_id);           \
		}                                                                                  \
	} while (0)

/* A socket of another part of the kernel, MPTCP included, is not read by a process. */
static __always_inline bool is_of_kernel(const struct tcp_sock *tp)
{
	const struct sock_common *common = &tp->inet_conn.icsk_inet.sk.__sk_common;

	if (bpf_core_field_exists(tp->is_mptcp) && BPF_CORE_READ_BITFIELD(tp, is_mptcp))
		return true;
	return !BPF_CORE_READ_BITFIELD(common, skc_net_refcnt);
}

/* The peer's FIN has arrived. It is the last byte of the sequence numbers that were received. */
static __always_inline bool has_peer_fin(const struct sock *sk)
{
	return sk->__sk_common.skc_flags >> SOCK_DONE & 1;
}

/* Since 6.18 UDP sockets have a drop counter per NUMA node. */
static __always_inline __u32 sock_drops(const struct sock *sk)
{
	__u32 drops = (__u32)sk->sk_drops.counter;

	if (bpf_core_field_exists(sk->sk_drop_counters)) {
		const struct numa_drop_counters *nodes = sk->sk_drop_counters;

		if (nodes)
			drops = (__u32)(nodes->drops0.counter + nodes->drops1.counter);
	}
	return drops;
}

/* The time, in jiffies, at which the timer named by icsk_pending fires. */
static __always_inline __u64 tcp_timeout(const struct tcp_sock *tp)
{
	const struct inet_connection_sock *icsk = &tp->inet_conn;

	if (bpf_core_field_exists(icsk->icsk_timeout))
		return icsk->icsk_timeout;
	if (bpf_core_field_exists(icsk->icsk_retransmit_timer))
		return icsk->icsk_retransmit_timer.expires;
	return icsk->icsk_inet.sk.tcp_retransmit_timer.expires;
}

/*
 * Returns NULL if the keepalive timer is not running. In 6.19 it moved from sk_timer to
 * icsk_keepalive_timer.
 */
static __always_inline const struct timer_list *tcp_keepalive(const struct tcp_sock *tp)
{
	const struct inet_connection_sock *icsk = &tp->inet_conn;
	const struct timer_list *timer = bpf_core_field_exists(icsk->icsk_keepalive_timer)
						 ? &icsk->icsk_keepalive_timer
						 : &icsk->icsk_inet.sk.sk_timer;

	return timer->entry.pprev ? timer : NULL;
}

#endif
