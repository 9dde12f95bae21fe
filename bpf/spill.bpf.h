/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The large rings of packets, beside the small ones of ring.bpf.h. A record goes into the small
 * ring, whose memory stays in the processor's caches, as long as the reader keeps up: a ring is
 * written from its start to its end, however little of it is filled. Records that find no room
 * there go into the large ring.
 */
#ifndef SKW_SPILL_BPF_H
#define SKW_SPILL_BPF_H

#include "ring.bpf.h"

/*
 * NULL as long as it is not made. The large rings are behind the small ones in their map: rings of
 * two maps would be of two types, and the verifier would go twice through all that follows.
 */
static __always_inline void *spill_of_cpu(__u32 cpu)
{
	if (cpu >= rings_len)
		cpu %= rings_len;
	cpu += rings_len;
	return bpf_map_lookup_elem(&rings, &cpu);
}

/* `size` must be a constant. *ring is the small ring, and then the one that has the record. */
static __always_inline void *reserve(void **ring, __u32 cpu, __u64 size)
{
	void *rec = bpf_ringbuf_reserve(*ring, size, 0);

	if (rec)
		return rec;
	*ring = spill_of_cpu(cpu);
	return *ring ? bpf_ringbuf_reserve(*ring, size, 0) : NULL;
}

#endif
