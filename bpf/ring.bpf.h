/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The rings that records go into: one per CPU, or one shared by several CPUs. kern/ring/ring.c
 * merges them.
 */
#ifndef SKW_RING_BPF_H
#define SKW_RING_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define RING_HEADER_BYTES 8 /* the kernel's, before each record: BPF_RINGBUF_HDR_SZ */

const volatile __u32 rings_len = 1; /* set before loading */

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	/* This size is a placeholder. The loader puts rings of the right size into the map. */
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1); /* resized to rings_len before loading */
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

/* Until a CPU's own ring is in its place, the first one takes its records. */
static __always_inline void *ring_in(void *map, __u32 cpu)
{
	if (cpu >= rings_len)
		cpu %= rings_len;

	void *ring = bpf_map_lookup_elem(map, &cpu);

	if (!ring) {
		cpu = 0;
		ring = bpf_map_lookup_elem(map, &cpu);
	}
	return ring;
}

static __always_inline void *ring_of_cpu(__u32 cpu)
{
	return ring_in(&rings, cpu);
}

#endif
