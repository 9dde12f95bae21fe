/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The data that crosses the kernel boundary for packets: one ring record per packet and
 * the counters. Included from bpf/ and from src/; before it, either vmlinux.h
 * or <linux/types.h> must have defined __u8 to __u64.
 */
#ifndef SKW_ABI_PACKET_H
#define SKW_ABI_PACKET_H

/*
 * frame[] starts with SKW_REC_HEADROOM bytes of headroom. A frame whose VLAN
 * tag was in metadata has SKW_REC_TAGGED set, the tag put back and starts at
 * frame[0]; any other frame starts at frame[SKW_REC_HEADROOM].
 */
#define SKW_REC_HEADROOM 4
#define SKW_REC_TAGGED   0x01
/*
 * The packet came before its record: ts_ns is the time of the record, for the order of the rings,
 * and the last 8 bytes of the record are the time of the packet.
 */
#define SKW_REC_LATE 0x02

/* Highest snapshot length, and tcpdump's default. */
#define SKW_SNAPLEN_MAX 262144

struct skw_packet_rec {
	__u64 ts_ns;  /* CLOCK_MONOTONIC, read after the record was reserved */
	__u32 len;    /* bytes on the wire, without a tag that was in metadata */
	__u32 caplen; /* bytes of them in frame[], behind the headroom */
	__u32 ifindex;
	__u32 drops;    /* packets this CPU had to drop before this one, modulo 2^32 */
	__u16 protocol; /* skb->protocol, network byte order */
	__u16 cpu;
	__u8 pkt_type; /* PACKET_HOST .. PACKET_OUTGOING, linux/if_packet.h */
	__u8 flags;    /* SKW_REC_* */
	__u16 slot;    /* counter slot that `drops` belongs to */
	__u8 frame[];
};

/*
 * The counters of a slot on a CPU, at slot * CPUs + CPU. The only value of a map is an array of
 * them: user space reads it in mapped memory, which a per-CPU map has not. Each has a cache line of
 * its own. seen = rejected + matched + early, and matched = captured + dropped; seen is written by
 * the generated filter program before anything else, so it comes first.
 */
struct skw_packet_counters {
	__u64 seen;
	__u64 matched;
	__u64 captured;
	__u64 dropped;   /* the ring was full */
	__u64 truncated; /* captured, and longer than the snapshot length */
	__u64 unasked;   /* slot 0: bytes in rings since this CPU last asked how full they are */
	__u64 early;     /* came before there was a ring, when the capture had not begun */
	__u64 reserved;
};

/* Older kernels make no map with a larger value: KMALLOC_MAX_SIZE of include/linux/slab.h. */
#define SKW_PACKET_COUNTERS_MAX (4U << 20)

/* The number of slots that there can be, at most `wanted`. On most machines there can be all. */
static inline __u32 skw_packet_slots(__u32 wanted, __u32 cpus)
{
	__u32 most = SKW_PACKET_COUNTERS_MAX / (cpus * (__u32)sizeof(struct skw_packet_counters));

	return wanted < most ? wanted : most ? most : 1;
}

_Static_assert(sizeof(struct skw_packet_rec) == 32, "ring record header");
_Static_assert(sizeof(struct skw_packet_counters) == 64, "counters");

/* The dispatcher of an unbound socket has one of these for each interface. */
struct skw_dispatch_iface {
	__u32 filter; /* index of its link type's filter program */
	__u32 slot;   /* its counter slot */
};

_Static_assert(sizeof(struct skw_dispatch_iface) == 8, "dispatch entry");

#define SKW_DISPATCH_FILTERS 64    /* link types, slot 0 is Ethernet; or named interfaces */
#define SKW_DISPATCH_IFACES  65536 /* interfaces */

/*
 * Words of skb->cb[], which travel through the tail calls: the counter slot, and whether the small
 * ring had no room. The kernel clears them before it runs the program of a socket.
 */
#define SKW_CB_SLOT    0
#define SKW_CB_SPILLED 1

/*
 * The programs that a filter jumps to on a match. The first is the capture program, unless an owner
 * filter stands before it. The second is always the capture program.
 */
#define SKW_NEXT_FIRST   0
#define SKW_NEXT_CAPTURE 1
#define SKW_NEXT_LEN     2

#endif
