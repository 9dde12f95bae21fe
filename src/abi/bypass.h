/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The data that crosses the kernel boundary for bypass. bpf/ and src/ include it; before it, either
 * vmlinux.h or <linux/types.h> must have defined __u8 to __u64.
 *
 * A direction is what one end of a connection sends to the other.
 */
#ifndef SKW_ABI_BYPASS_H
#define SKW_ABI_BYPASS_H

#define SKW_BYPASS_COMM_LEN 16

/* The reason why a message went to TCP. */
enum skw_bypass_reason {
	SKW_BYPASS_STOPPED,  /* skwatch has ended */
	SKW_BYPASS_UNPAIRED, /* the other end is not in the map */
	SKW_BYPASS_BUSY,     /* TCP has bytes of this direction, or its reader waits in TCP */
	SKW_BYPASS_LOWAT,    /* the other end has set SO_RCVLOWAT */
	SKW_BYPASS_QUEUE,    /* the other end has not read --max-queue bytes */
	SKW_BYPASS_ULP,      /* the kernel encrypts or frames what this socket sends */
	SKW_BYPASS_GONE,     /* the other end has closed */
	SKW_BYPASS_REASONS
};

/* The reason why bytes that were moved are not in the recording. */
enum skw_bypass_gap {
	SKW_BYPASS_GAP_FULL,   /* a ring was full */
	SKW_BYPASS_GAP_HIDDEN, /* the kernel did not show them */
	SKW_BYPASS_GAP_LATE,   /* the recording ends */
	SKW_BYPASS_GAPS
};

/* The counters of one CPU. Their map has an entry for each, and user space maps it. */
struct skw_bypass_counters {
	__u64 messages, bytes; /* that were moved past TCP */
	__u64 passed[SKW_BYPASS_REASONS];
	__u64 passed_bytes[SKW_BYPASS_REASONS];
	__u64 joined;    /* ends that were put into the map */
	__u64 refused;   /* ends that the kernel refused to put into the map */
	__u64 strangers; /* connections on this host that a socket outside of the cgroup serves */
	__u64 taken;     /* directions that were taken over */
	__u64 left;      /* directions that were given back to TCP */
	__u64 lost;      /* events that were lost, as the ring was full */
	/* Of the bytes that were moved, only if they are recorded. */
	__u64 recorded, unrecorded[SKW_BYPASS_GAPS];
};

_Static_assert(sizeof(struct skw_bypass_counters) == 208, "counters");

enum skw_bypass_event { SKW_BYPASS_TAKEN, SKW_BYPASS_LEFT, SKW_BYPASS_CLOSED, SKW_BYPASS_DATA };

/*
 * Addresses and ports are as in abi/conn.h. The process is the one that sent the first message.
 * Sequence numbers count what was moved as if TCP had sent it.
 */
struct skw_bypass_rec {
	__u64 ts_ns; /* CLOCK_MONOTONIC */
	__u64 cookie;
	__u64 cgroup_id;
	__u64 messages, bytes; /* that this direction has moved past TCP */
	__u8 local_addr[16], remote_addr[16];
	__u16 local_port, remote_port;
	__u8 family;
	__u8 type;      /* enum skw_bypass_event */
	__u8 reason;    /* LEFT: enum skw_bypass_reason */
	__u8 direction; /* enum skw_conn_direction of abi/conn.h */
	__u32 netns;
	__u32 uid;
	__u32 tgid; /* 0: unknown */
	__u32 seq;  /* of the byte that this end sends next */
	__u32 ack;  /* of the byte that it gets next by TCP, without what was moved */
	__u32 first_seq, first_ack; /* of the first byte of each direction */
	__u32 reserved;
	char comm[SKW_BYPASS_COMM_LEN];
};

_Static_assert(sizeof(struct skw_bypass_rec) == 128, "record");

/*
 * A piece of a message that was moved, if messages are recorded. `seq` is that of its first byte,
 * and `bytes` and `messages` include the whole message. The record is larger than the piece: the
 * kernel makes records of a few sizes.
 */
struct skw_bypass_data {
	struct skw_bypass_rec rec; /* SKW_BYPASS_DATA */
	__u32 len;
	__u32 more; /* bytes of the message after this piece */
	__u8 bytes[];
};

_Static_assert(sizeof(struct skw_bypass_data) == 136, "data");

#define SKW_BYPASS_PIECE_MAX 32768

#endif
