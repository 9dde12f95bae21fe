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
	SKW_BYPASS_BEGUN,    /* TCP has taken the first byte of this direction */
	SKW_BYPASS_LOWAT,    /* the other end has set SO_RCVLOWAT */
	SKW_BYPASS_QUEUE,    /* the other end has not read --max-queue bytes */
	SKW_BYPASS_ULP,      /* the kernel encrypts or frames what this socket sends */
	SKW_BYPASS_GONE,     /* the other end has closed */
	SKW_BYPASS_REASONS
};

/* One per CPU, in an array that user space maps. */
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
};

_Static_assert(sizeof(struct skw_bypass_counters) == 176, "counters");

enum skw_bypass_event { SKW_BYPASS_TAKEN, SKW_BYPASS_LEFT, SKW_BYPASS_CLOSED };

/* Addresses and ports are as in abi/conn.h. The process is the one that sent the first message. */
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
	__u32 reserved;
	char comm[SKW_BYPASS_COMM_LEN];
};

_Static_assert(sizeof(struct skw_bypass_rec) == 112, "record");

#endif
