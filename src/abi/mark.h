/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The data of `skwatch mark` that crosses the kernel boundary, and the option on the network.
 * Include it as abi/conn.h.
 */
#ifndef SKW_ABI_MARK_H
#define SKW_ABI_MARK_H

#include "abi/conn.h"

/*
 * A TCP option of an experiment with a 16-bit identifier (RFC 6994, 3). IANA has not given this one
 * to anybody. Numbers are in network order.
 */
#define SKW_MARK_KIND 254
#define SKW_MARK_EXID 0x5357
#define SKW_MARK_LEN  16 /* without a name */

struct skw_mark_option {
	__u8 kind, len;
	__u8 exid[2];
	__u8 host[4];   /* number of the host; never 0 */
	__u8 cookie[8]; /* the socket's SO_COOKIE */
	/* The first letters of the process, as many as there is room for, in steps of 4. */
	char comm[SKW_COMM_LEN];
};

_Static_assert(sizeof(struct skw_mark_option) == 32, "option");

/* The words of a socket's peer. They have the slot `cookie % SKW_MARK_PEERS` of the map. */
#define SKW_MARK_PEERS 65536

struct skw_mark_peer {
	__u64 cookie; /* of the socket on this host; 0: the slot is empty or changes */
	__u64 remote_cookie;
	__u32 remote_host;
	__u32 check; /* skw_mark_check() */
	char remote_comm[SKW_COMM_LEN];
};

_Static_assert(sizeof(struct skw_mark_peer) == 40, "peer");

/* A reader that finds another sum has met the slot while it changed. */
static inline __attribute__((always_inline)) __u32 skw_mark_check(const struct skw_mark_peer *p)
{
	const __u32 *words = (const __u32 *)p;

	return ~(words[0] ^ words[1] ^ words[2] ^ words[3] ^ words[4] ^ words[6] ^ words[7] ^
		 words[8] ^ words[9]);
}

/* A connection is established. With a remote_host of 0, the peer has not told who it is. */
struct skw_mark_rec {
	struct skw_event_rec event; /* ESTABLISHED */
	struct skw_mark_peer peer;
};

_Static_assert(sizeof(struct skw_mark_rec) == 160, "mark record");

/* The counters of one CPU; the map has an entry for each. */
struct skw_mark_counters {
	__u64 syns;       /* SYNs that were marked */
	__u64 answers;    /* SYN-ACKs that were marked */
	__u64 learned;    /* connections whose peer has told who it is */
	__u64 no_room;    /* SYNs and SYN-ACKs that were not marked, as other options filled them */
	__u64 retried;    /* connections whose SYN was sent again, without a mark */
	__u64 syncookies; /* SYN-ACKs with SYN cookies, which have no socket that could be told */
	__u64 malformed;  /* options that are no marks although they have our number */
	__u64 unwritten;  /* marks that had room, and then were not written */
	__u64 enrolled;   /* listeners that were there before */
	__u64 refused;    /* older listeners that could not be changed: before 6.12 */
	__u64 reserved[6];
};

_Static_assert(sizeof(struct skw_mark_counters) == 128, "mark counters");

#endif
