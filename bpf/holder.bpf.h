/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The names of processes that a mark tells: of the caller of connect(), and of a listener. */
#ifndef SKW_HOLDER_BPF_H
#define SKW_HOLDER_BPF_H

#include "task.bpf.h"

/* Options have names. Set before loading. */
const volatile bool names;

/* A listener's end. An IPv4 address is mapped (::ffff:0:0/96), and :: is a listener of both. */
struct end {
	__u64 netns; /* its cookie */
	__u32 addr[4];
	__u32 port;
	__u32 reserved;
};

struct holder {
	char comm[SKW_COMM_LEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct end);
	__type(value, struct holder);
} holders SEC(".maps");

static __always_inline void holder_keep(struct end *end, const struct holder *holder)
{
	bpf_map_update_elem(&holders, end, holder, BPF_ANY);
	if (end->addr[0] | end->addr[1] | end->addr[2] | end->addr[3])
		return;
	/* A listener of both families has taken the place of one of IPv4. */
	end->addr[2] = __builtin_bswap32(0xffff);
	bpf_map_delete_elem(&holders, end);
}

/* The end of a listener. */
static __always_inline void end_of_sock(struct end *end, const struct sock_common *sk)
{
	end->netns = sk->skc_net.net->net_cookie;
	end->port = sk->skc_num;
	end->reserved = 0;
	if (sk->skc_family == AF_INET6) {
		for (int i = 0; i < 4; i++)
			end->addr[i] = sk->skc_v6_rcv_saddr.in6_u.u6_addr32[i];
	} else {
		end->addr[0] = end->addr[1] = 0;
		end->addr[2] = __builtin_bswap32(0xffff);
		end->addr[3] = sk->skc_rcv_saddr;
	}
}

/* The calling process, for a callback that runs in its system call. */
static __always_inline bool holder_current(struct holder *holder)
{
	const struct task_struct *task = bpf_get_current_task_btf();

	if (task->flags & PF_KTHREAD)
		return false;
	process_comm(holder->comm, task->group_leader);
	return true;
}

/* The verifier refuses loads from the context that clang has merged, for several members at once.
 */
#define ALONE(member)                                                                              \
	({                                                                                         \
		__u32 value_ = (member);                                                           \
		asm volatile("" : "+r"(value_));                                                   \
		value_;                                                                            \
	})

/* Not static: so the verifier checks it once, and not for each way that leads to it. */
__noinline int holder_of_request(struct bpf_sock_ops *skops, struct holder *to)
{
	struct end end = { .netns = bpf_get_netns_cookie(skops), .port = skops->local_port };
	const struct holder *found;
	bool v4 = skops->family == AF_INET;

	if (!to)
		return 0;
	if (v4) {
		end.addr[2] = __builtin_bswap32(0xffff);
		end.addr[3] = ALONE(skops->local_ip4);
	} else {
		end.addr[0] = ALONE(skops->local_ip6[0]);
		end.addr[1] = ALONE(skops->local_ip6[1]);
		end.addr[2] = ALONE(skops->local_ip6[2]);
		end.addr[3] = ALONE(skops->local_ip6[3]);
	}
	found = bpf_map_lookup_elem(&holders, &end);
	if (!found && v4) {
		end.addr[3] = 0;
		found = bpf_map_lookup_elem(&holders, &end);
	}
	if (!found) {
		end.addr[0] = end.addr[1] = end.addr[2] = end.addr[3] = 0;
		found = bpf_map_lookup_elem(&holders, &end);
	}
	if (found)
		*to = *found;
	return 0;
}

/* The name that this end tells, padded with zeros; empty: none. */
static __always_inline void name_of(struct bpf_sock_ops *skops, struct holder *to)
{
	if (!names)
		return;
	if (skops->is_fullsock)
		holder_current(to);
	else
		holder_of_request(skops, to);
}

#endif
