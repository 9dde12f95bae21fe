/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The counters of packets, which the tap and the owner filter share. */
#ifndef SKW_COUNTERS_BPF_H
#define SKW_COUNTERS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "abi/packet.h"

/* Set before loading: the number of possible CPUs, and that of counter slots times CPUs. */
const volatile __u32 cpus = 1;
const volatile __u32 counters_len = 1;

/* `map` has all counters in one value. NULL if there are none for this slot. */
static __always_inline struct skw_packet_counters *counters_of(void *map, __u32 slot, __u32 cpu)
{
	__u32 zero = 0;
	struct skw_packet_counters *all = bpf_map_lookup_elem(map, &zero);
	__u64 at = slot * cpus + cpu;

	if (!all || at >= counters_len)
		return NULL;
	all += at;
	/*
	 * The address is computed here and not where it is used: on its way there a test of `cpu`
	 * may tell a kernel like 6.1 that it can have no value, and the address is none for it
	 * then.
	 */
	asm volatile("" : "+r"(all));
	return all;
}

#endif
