/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The data that crosses the kernel boundary for captures by owner: the tuples of the sockets whose
 * packets are chosen. Included from bpf/ and from src/; before it, either vmlinux.h or
 * <linux/types.h> must have defined __u8 to __u64.
 */
#ifndef SKW_ABI_CHOSEN_H
#define SKW_ABI_CHOSEN_H

/*
 * SKW_SCOPE_OWN: the socket is in the network namespace of the capture. SKW_SCOPE_OTHER: it is in
 * another one, and its packets may pass through this one.
 */
#define SKW_SCOPE_OWN   0
#define SKW_SCOPE_OTHER 1

/* Addresses of IPv4 are mapped (::ffff:a.b.c.d). Ports are in network byte order. */
struct skw_chosen_tuple {
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u8 protocol;
	__u8 scope;
	__u16 reserved; /* 0 */
};

/* The end of a listener, or of a UDP socket that talks to anybody. */
struct skw_chosen_end {
	__u8 addr[16]; /* all zeros: any address; ::ffff:0.0.0.0: any of IPv4 */
	__u16 port;
	__u8 protocol;
	__u8 scope;
};

#define SKW_CHOSEN_V6ONLY     0x01 /* an end at any address that takes no IPv4 */
#define SKW_CHOSEN_AMBIGUOUS  0x02 /* sockets of several other namespaces have this tuple */
#define SKW_CHOSEN_RENEWED    0x08 /* each packet of the socket puts its end off */
#define SKW_CHOSEN_AWAITS_FIN 0x04 /* the socket is closed, and the peer's FIN is still to come */

struct skw_chosen_entry {
	__u64 expires_ns; /* CLOCK_MONOTONIC; 0: the socket is open */
	__u64 netns;      /* cookie of its namespace */
	__u64 id;         /* of the socket that has entered it */
	__u32 flags;      /* SKW_CHOSEN_* */
	__u32 users;      /* the number of sockets that share an end */
};

/* The figures of the capture. The map is an array with this one element. */
struct skw_chosen_counters {
	__u64 entered;   /* tuples and ends */
	__u64 full;      /* sockets whose tuple or end found no room */
	__u64 opened;    /* TCP connections of chosen sockets */
	__u64 finished;  /* connections that have ended since, with their last packets */
	__u64 others;    /* set to 1 with the first socket of another namespace */
	__u64 sockets;   /* sockets that were marked as chosen */
	__u64 early;     /* closed ones that were forgotten before their last packets could come */
	__u64 listeners; /* set to 1 with the first chosen listener */
};

_Static_assert(sizeof(struct skw_chosen_tuple) == 40, "tuple of a chosen socket");
_Static_assert(sizeof(struct skw_chosen_end) == 20, "end of a chosen socket");
_Static_assert(sizeof(struct skw_chosen_entry) == 32, "entry of a chosen socket");
_Static_assert(sizeof(struct skw_chosen_counters) == 64, "counters of chosen sockets");

#define SKW_CHOSEN_COMM_LEN 16 /* with the NUL: TASK_COMM_LEN */
#define SKW_CHOSEN_MAX      64 /* of each kind that the user names */

#endif
