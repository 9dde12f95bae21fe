/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The first packet to a translated port of a chosen listener. When it comes, nothing tells that it
 * is for this listener. So SYNs that nobody has chosen are kept in the kernel for a while. The
 * answer of a chosen listener tells, and then the SYN goes into the ring before the answer.
 */
#ifndef SKW_SYN_BPF_H
#define SKW_SYN_BPF_H

#include "chosen.bpf.h"
#include "counters.bpf.h"
#include "frame.bpf.h"
#include "spill.bpf.h"

/* A SYN is at most 134 bytes long on an Ethernet, without options of IP. */
#define SYN_BYTES   164
#define SYN_REC     216
#define SYN_KEEP_NS 5000000000ULL

/* A struct skw_packet_rec with its frame. */
struct kept_syn {
	__u8 bytes[sizeof(struct skw_packet_rec) + SKW_REC_HEADROOM + SYN_BYTES];
} __attribute__((aligned(8)));

_Static_assert(sizeof(struct kept_syn) + sizeof(__u64) <= SYN_REC, "room for the time");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct skw_chosen_tuple);
	__type(value, struct kept_syn);
} syns SEC(".maps");

/* It is too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kept_syn);
} syn_room SEC(".maps");

/* The tap's own map takes its place before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct skw_packet_counters));
} packets SEC(".maps");

/* `tuple` is that of the end which the SYN comes to. */
static __always_inline void syn_keep(struct __sk_buff *skb, const struct skw_chosen_tuple *tuple)
{
	__u32 zero = 0;
	struct kept_syn *syn = bpf_map_lookup_elem(&syn_room, &zero);
	__u64 caplen = skb->len;

	if (!syn)
		return;
	struct skw_packet_rec *rec = (struct skw_packet_rec *)syn->bytes;

	if (caplen > SYN_BYTES)
		caplen = SYN_BYTES;
	if (frame_copy(skb, rec->frame + SKW_REC_HEADROOM, caplen, SYN_BYTES))
		return;
	rec->ts_ns = bpf_ktime_get_ns();
	rec->len = skb->len;
	rec->caplen = caplen;
	rec->ifindex = skb->ifindex;
	rec->protocol = skb->protocol;
	rec->pkt_type = skb->pkt_type;
	rec->slot = skb->cb[SKW_CB_SLOT];
	rec->flags = SKW_REC_LATE | frame_tag(skb, rec->frame, caplen);
	bpf_map_update_elem(&syns, tuple, syn, BPF_ANY);
}

static __always_inline void syn_submit(const struct kept_syn *syn)
{
	const struct skw_packet_rec *kept = (const struct skw_packet_rec *)syn->bytes;
	__u32 cpu = bpf_get_smp_processor_id();
	struct skw_packet_counters *count = counters_of(&packets, kept->slot, cpu);
	void *ring = ring_of_cpu(cpu);
	struct skw_packet_rec *rec;

	if (!count || !ring)
		return;
	/* It was seen before, and counted as rejected until now. */
	count->matched++;
	rec = reserve(&ring, cpu, SYN_REC);
	if (!rec) {
		count->dropped++;
		return;
	}
	__builtin_memcpy(rec, syn, sizeof(*syn));
	*(__u64 *)((__u8 *)rec + SYN_REC - sizeof(__u64)) = kept->ts_ns;
	rec->drops = count->dropped;
	rec->cpu = cpu;
	rec->ts_ns = bpf_ktime_get_ns();
	count->captured++;
	if (kept->len > kept->caplen)
		count->truncated++;
	bpf_ringbuf_submit(rec, 0);
}

/* A chosen listener has answered. `tuple` is that of its end. */
static __always_inline void syn_release(const struct skw_chosen_tuple *tuple)
{
	struct kept_syn *syn = bpf_map_lookup_elem(&syns, tuple);

	if (!syn)
		return;
	if (bpf_ktime_get_ns() - ((const struct skw_packet_rec *)syn->bytes)->ts_ns < SYN_KEEP_NS)
		syn_submit(syn);
	bpf_map_delete_elem(&syns, tuple);
}

#endif
