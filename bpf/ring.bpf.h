/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The event rings, and the counters of what went into them or could not be done. */
#ifndef SKW_RING_BPF_H
#define SKW_RING_BPF_H

#include "skw.bpf.h"

/* Set before loading. */
const volatile __u32 rings_len = 1;
const volatile __u32 events; /* SKW_EVENT_BIT()s that go into the rings */

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* only the type counts: the real rings are put in by size */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1); /* rings_len; resized before loading */
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct skw_conn_counters);
} counters SEC(".maps");

/* Per CPU, but these programs also run where a softirq may come in between. */
#define COUNT(member)                                                                              \
	do {                                                                                       \
		__u32 slot_ = 0;                                                                   \
		struct skw_conn_counters *count_ = bpf_map_lookup_elem(&counters, &slot_);         \
                                                                                                   \
		if (count_)                                                                        \
			__sync_fetch_and_add(&count_->member, 1);                                  \
	} while (0)

/*
 * A record in this CPU's ring, or NULL, and counted in any case. The clock must be read after
 * it: that is what the reader's order rests on (kern/ring.h).
 */
static __always_inline void *event_reserve(__u64 size)
{
	__u32 index = bpf_get_smp_processor_id();
	void *rec = NULL, *ring;

	if (index >= rings_len)
		index %= rings_len;
	ring = bpf_map_lookup_elem(&rings, &index);
	if (ring)
		rec = bpf_ringbuf_reserve(ring, size, 0);
	if (rec)
		COUNT(events);
	else
		COUNT(lost);
	return rec;
}

/* Never wakes the reader: with a wake-up an event costs the connection ten times as much. */
static __always_inline void event_submit(void *rec)
{
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
}

#endif
