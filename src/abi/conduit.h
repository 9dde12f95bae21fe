/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The data that crosses the kernel boundary for the relay's sockmap engine. bpf/ and src/ include
 * it; before it, either vmlinux.h or <linux/types.h> must have defined __u8 to __u64.
 *
 * A conduit carries what one socket receives to another socket, its peer. Conduits come in pairs:
 * the number of the opposite direction differs in the lowest bit. A number also names the socket
 * that is read.
 *
 * A portion is either redirected by the program, or passed to user space, which sends it. The order
 * of the bytes rests on two rules. The program redirects only while relayed == passed, when user
 * space has no byte in its hands. User space sends only while relayed < passed, so `redirected`
 * stands still, and only after the peer's TCP has taken all that was redirected.
 */
#ifndef SKW_ABI_CONDUIT_H
#define SKW_ABI_CONDUIT_H

struct skw_conduit {
	/* The program writes these. */
	__u64 redirected;
	__u64 passed;
	__u32 start_seq; /* the peer's next sequence number before the first byte; see `started` */
	__u32 started;
	/* User space writes these. */
	__u64 relayed; /* bytes of `passed` that the peer's TCP has taken */
	__u64 reserved[4];
};

_Static_assert(sizeof(struct skw_conduit) == 64, "a cache line each");

#endif
