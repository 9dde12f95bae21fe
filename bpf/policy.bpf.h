/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parts that the programs that judge and those that redirect have in common. */
#ifndef SKW_POLICY_BPF_H
#define SKW_POLICY_BPF_H

#include "skw.bpf.h"
#include <bpf/bpf_endian.h>
#include "abi/policy.h"

#define PASS      1

#define LOOPBACK4 bpf_htonl(0x7f000001)
#define MAPPED    bpf_htonl(0xffff)

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct skw_policy_totals);
} totals SEC(".maps");

#define TOTAL(member)                                                                              \
	do {                                                                                       \
		__u32 zero_ = 0;                                                                   \
		struct skw_policy_totals *sum_ = bpf_map_lookup_elem(&totals, &zero_);             \
                                                                                                   \
		if (sum_)                                                                          \
			__sync_fetch_and_add(&sum_->member, 1);                                    \
	} while (0)

/* A call, as the rules see it. Addresses of IPv4 are IPv4-mapped. */
struct call {
	__u32 addr[4];
	__u16 port;
	__u8 what;
	__u8 proto;
};

#endif
