// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The packet tap. The generated filter program tail-calls skw_capture() for
 * each packet that matches. skw_capture() copies the packet once, into a record
 * in this CPU's ring. The socket's own queue stays empty.
 */
#include "frame.bpf.h"
#include "counters.bpf.h"
#include "spill.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The keeper may change it at any time. */
volatile __u32 snaplen = SKW_SNAPLEN_MAX;

/* The reader is woken when a ring holds this many bytes. */
volatile __u64 wake_threshold = 1 << 20;

/*
 * The only value is an array of struct skw_packet_counters. So a filter program, which knows its
 * address, needs no look-up.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct skw_packet_counters)); /* resized before loading */
} counters SEC(".maps");

/* A filter program jumps to SKW_NEXT_FIRST on a match. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, SKW_NEXT_LEN);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

/* skw_dispatch() uses these two maps: a filter program per link type, and each interface's. */
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

/*
 * bpf_ringbuf_reserve() takes a constant size only, so each record gets one of these sizes.
 * A size is 8 more than a multiple of 16: together with the ring's 8-byte header it fills its
 * place. The small sizes are close together, because the processor's prefetching stops at
 * cache lines that are skipped. 104 holds 64 bytes from the wire, 1560 holds 1514.
 */
static __always_inline __u64 size_class(__u64 need)
{
	__u64 size;

/*
 * Without the asm the compiler would merge the branches, and the verifier would see a range
 * instead of a constant.
 */
#define CLASS(n)                                                                                   \
	if (need <= (n)) {                                                                         \
		size = (n);                                                                        \
		asm volatile("" : "+r"(size));                                                     \
		return size;                                                                       \
	}
	CLASS(88)
	CLASS(104)
	CLASS(120)
	CLASS(136)
	CLASS(152)
	CLASS(184)
	CLASS(216)
	CLASS(248)
	CLASS(312)
	CLASS(376)
	CLASS(504)
	CLASS(632)
	CLASS(760)
	CLASS(1016)
	CLASS(1272)
	CLASS(1400)
	CLASS(1560)
	CLASS(2040)
	CLASS(3064)
	CLASS(4088)
	CLASS(6136)
	CLASS(9208)
	CLASS(12280)
	CLASS(16376)
	CLASS(24568)
	CLASS(32760)
	CLASS(49144)
	CLASS(66552)
	CLASS(98296)
	CLASS(131064)
	CLASS(196600)
#undef CLASS
	size = sizeof(struct skw_packet_rec) + SKW_REC_HEADROOM + SKW_SNAPLEN_MAX;
	asm volatile("" : "+r"(size));
	return size;
}

/*
 * Waking the reader makes the sender several times slower, and even bpf_ringbuf_query() takes
 * time. So both are done only after wake_threshold bytes, whichever interfaces they are of.
 * Otherwise the kernel decides: it wakes the reader if this record is the first after the reader
 * gave the whole ring back, which it does only before it sleeps. A small ring that spills is full,
 * so nothing is asked then: the large one may hold little as yet.
 */
static __always_inline __u64 wake_flags(struct __sk_buff *skb, void *ring,
					struct skw_packet_counters *of_cpu, __u64 bytes)
{
	of_cpu->unasked += bytes;
	if (of_cpu->unasked < wake_threshold)
		return 0;
	of_cpu->unasked = 0;
	if (!skb->cb[SKW_CB_SPILLED] &&
	    bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) + bytes < wake_threshold)
		return 0;
	return BPF_RB_FORCE_WAKEUP;
}

/*
 * The verifier compares what it knows with what it knew on another way to the same place, and goes
 * on once for both. But it remembers only places behind two jumps or more. These two go to the next
 * instruction, so the kernel leaves them out of the program that it runs. `wake` must not decide a
 * branch behind them, and the compiler must not know its values.
 */
static __always_inline __u64 ways_join(__u64 wake)
{
	asm volatile("goto +0; goto +0" : "+r"(wake));
	return wake;
}

/* NULL if there is none, which is counted. */
static __always_inline void *ring_of_packet(struct __sk_buff *skb, __u32 cpu,
					    struct skw_packet_counters *count)
{
	void *ring;

	if (skb->cb[SKW_CB_SPILLED]) {
		ring = spill_of_cpu(cpu);
		if (!ring)
			count->dropped++;
		return ring;
	}
	ring = ring_of_cpu(cpu);
	if (ring)
		count->matched++;
	else
		count->early++;
	return ring;
}

/*
 * A packet that the small ring has no room for comes here a second time, by a tail call, and then
 * goes into the large ring.
 *
 * The verifier goes through all that is between the reservation and the submission once for each
 * size. So whatever can be done before or after that is done there.
 */
SEC("socket")
int skw_capture(struct __sk_buff *skb)
{
	__u32 slot = skb->cb[SKW_CB_SLOT];
	__u32 cpu = bpf_get_smp_processor_id();
	struct skw_packet_counters *count = counters_of(&counters, slot, cpu);
	struct skw_packet_counters *of_cpu = counters_of(&counters, 0, cpu);
	__u64 caplen = skb->len;
	struct skw_packet_rec *rec;
	__u64 size, need, wake;
	void *ring;

	if (!count || !of_cpu)
		return 0;
	ring = ring_of_packet(skb, cpu, count);
	if (!ring)
		return 0;
	__u32 most = snaplen;

	if (caplen > most)
		caplen = most;
	if (caplen > SKW_SNAPLEN_MAX)
		caplen = SKW_SNAPLEN_MAX;
	need = sizeof(*rec) + SKW_REC_HEADROOM + caplen;
	wake = ways_join(wake_flags(skb, ring, of_cpu, need + RING_HEADER_BYTES));
	size = size_class(need);
	rec = bpf_ringbuf_reserve(ring, size, 0);
	if (!rec) {
		if (!skb->cb[SKW_CB_SPILLED]) {
			/* Ask again, for the large ring. */
			of_cpu->unasked += wake * wake_threshold - need - RING_HEADER_BYTES;
			skb->cb[SKW_CB_SPILLED] = 1;
			bpf_tail_call(skb, &next, SKW_NEXT_CAPTURE);
		}
		count->dropped++;
		return 0;
	}
	/*
	 * The clock is read after the reservation, so a reader that reads its clock and then the
	 * producer position sees each record that is older than its clock (kern/ring/ring.h).
	 */
	rec->ts_ns = bpf_ktime_get_ns();
	rec->len = skb->len;
	rec->caplen = caplen;
	rec->ifindex = skb->ifindex;
	rec->drops = count->dropped;
	rec->protocol = skb->protocol;
	rec->cpu = cpu;
	rec->pkt_type = skb->pkt_type;
	rec->slot = slot;
	if (frame_copy(skb, rec->frame + SKW_REC_HEADROOM, caplen,
		       size - sizeof(*rec) - SKW_REC_HEADROOM) < 0) {
		/* Like a record that is submitted: without a wake-up here the reader could miss it.
		 */
		bpf_ringbuf_discard(rec, wake);
		count->dropped++;
		return 0;
	}
	rec->flags = frame_tag(skb, rec->frame, caplen);
	bpf_ringbuf_submit(rec, wake);
	count->captured++;
	if (skb->len > caplen)
		count->truncated++;
	return 0;
}

/*
 * An unbound socket runs this first. It picks the filter by the packet's interface. An
 * interface that the reader has not entered yet is treated as Ethernet, because almost
 * all interfaces that come and go are Ethernet.
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
