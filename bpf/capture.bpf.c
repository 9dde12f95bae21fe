// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The packet tap. A packet comes here from the generated filter program, by
 * tail call, only when it matched; the record it leaves in this CPU's ring is
 * the only copy made of it. The socket's own queue is never used.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "abi/packet.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Set before loading. */
const volatile __u32 snaplen = SKW_SNAPLEN_MAX;
const volatile __u32 rings_len = 1;
const volatile __u64 wake_threshold = 1 << 20; /* bytes in a ring that call for the reader */

/* Set by the reader when it goes to sleep on empty rings; the next packet takes it back. */
__u32 wake_armed;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1); /* counter slots; resized before loading */
	__type(key, __u32);
	__type(value, struct skw_packet_counters);
} counters SEC(".maps");

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

/* Where a filter program goes on a match: slot 0 is skw_capture. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

/* The dispatcher's: one filter program per link type, and which one an interface has. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, SKW_DISPATCH_FILTERS);
	__type(key, __u32);
	__type(value, __u32);
} filters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SKW_DISPATCH_IFACES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); /* ifindex */
	__type(value, struct skw_dispatch_iface);
} ifaces SEC(".maps");

/* Bytes that a record of this payload size takes of the ring, its header included. */
#define RECORD_BYTES(size) (((size) + 8 + 7) / 8 * 8)

static __always_inline __u64 wake_flags(void *ring, __u64 record_bytes)
{
	__u64 filled;

	if (wake_armed) {
		wake_armed = 0;
		return BPF_RB_FORCE_WAKEUP;
	}
	/* Only the packet that crosses the threshold pays for waking the reader. */
	filled = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);
	if (filled >= wake_threshold && filled - record_bytes < wake_threshold)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/*
 * Reserve takes constants only, so there is one copy of this per size class.
 * The clock is read after the reservation: a record older than the reader's
 * clock is then in sight of the reader.
 */
static __always_inline int record(struct __sk_buff *skb, void *ring,
				  struct skw_packet_counters *count, __u64 caplen, const __u64 size)
{
	struct skw_packet_rec *rec = bpf_ringbuf_reserve(ring, size, 0);

	if (!rec) {
		count->dropped++;
		return 0;
	}
	rec->ts_ns = bpf_ktime_get_ns();
	rec->len = skb->len;
	rec->caplen = caplen;
	rec->ifindex = skb->ifindex;
	rec->drops = count->dropped;
	rec->protocol = skb->protocol;
	rec->cpu = bpf_get_smp_processor_id();
	rec->pkt_type = skb->pkt_type;
	rec->flags = 0;
	rec->reserved = 0;

	/* The verifier wants both bounds on the very register that the call gets. */
	asm volatile("" : "+r"(caplen));
	if (caplen > 0 && caplen <= size - sizeof(*rec) - SKW_REC_HEADROOM &&
	    bpf_skb_load_bytes(skb, 0, rec->frame + SKW_REC_HEADROOM, caplen) < 0) {
		bpf_ringbuf_discard(rec, BPF_RB_NO_WAKEUP);
		count->dropped++;
		return 0;
	}
	if (skb->vlan_present && caplen >= 12 && bpf_skb_load_bytes(skb, 0, rec->frame, 12) == 0) {
		/* Both MAC addresses move to the front, and the tag fills the gap. */
		*(__u16 *)(rec->frame + 12) = skb->vlan_proto;
		*(__u16 *)(rec->frame + 14) = __builtin_bswap16(skb->vlan_tci);
		rec->flags = SKW_REC_TAGGED;
	}
	count->captured++;
	if (skb->len > caplen)
		count->truncated++;
	bpf_ringbuf_submit(rec, wake_flags(ring, RECORD_BYTES(size)));
	return 0;
}

#define CLASS(size)                                                                                \
	if (need <= (size))                                                                        \
	return record(skb, ring, count, caplen, (size))

SEC("socket")
int skw_capture(struct __sk_buff *skb)
{
	__u32 slot = skb->cb[SKW_CB_SLOT];
	struct skw_packet_counters *count = bpf_map_lookup_elem(&counters, &slot);
	__u32 index = bpf_get_smp_processor_id();
	__u64 caplen = skb->len;
	__u64 need;
	void *ring;

	if (!count)
		return 0;
	count->matched++;
	if (index >= rings_len)
		index %= rings_len;
	ring = bpf_map_lookup_elem(&rings, &index);
	if (!ring) {
		count->dropped++;
		return 0;
	}
	if (caplen > snaplen)
		caplen = snaplen;
	need = sizeof(struct skw_packet_rec) + SKW_REC_HEADROOM + caplen;

	if (need <= 512) {
		CLASS(104); /* 64 bytes on the wire and less: 112 with the ring's header */
		CLASS(128);
		CLASS(160);
		CLASS(192);
		CLASS(256);
		CLASS(320);
		CLASS(384);
		CLASS(512);
	}
	if (need <= 2048) {
		CLASS(640);
		CLASS(768);
		CLASS(1024);
		CLASS(1280);
		CLASS(1552); /* 1514 bytes */
		CLASS(2048);
	}
	if (need <= 16384) {
		CLASS(3072);
		CLASS(4096);
		CLASS(6144);
		CLASS(9216);
		CLASS(12288);
		CLASS(16384);
	}
	CLASS(24576);
	CLASS(32768);
	CLASS(49152);
	CLASS(66560);
	CLASS(98304);
	CLASS(131072);
	CLASS(196608);
	return record(skb, ring, count, caplen,
		      sizeof(struct skw_packet_rec) + SKW_REC_HEADROOM + SKW_SNAPLEN_MAX);
}

/*
 * In front of the filters of an unbound socket. An interface that the reader
 * has not told of yet is taken for Ethernet, as almost all that come and go are.
 */
SEC("socket")
int skw_dispatch(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	struct skw_dispatch_iface *iface = bpf_map_lookup_elem(&ifaces, &ifindex);
	__u32 filter = 0;

	skb->cb[SKW_CB_SLOT] = 0;
	if (iface) {
		filter = iface->filter;
		skb->cb[SKW_CB_SLOT] = iface->slot;
	}
	bpf_tail_call(skb, &filters, filter);
	return 0;
}
