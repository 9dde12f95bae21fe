/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The maps of bpf/steer.bpf.c, which also stay pinned. A rule is a prefix and a range of ports; it
 * is an entry, and one or more keys of the trie that lead to the number of the entry. Included from
 * bpf/ and from src/; before it, either vmlinux.h or <linux/types.h> must have defined __u8 to
 * __u64.
 */
#ifndef SKW_ABI_STEER_H
#define SKW_ABI_STEER_H

#define SKW_STEER_RULES_MAX 1024
#define SKW_STEER_KEYS_MAX  65536

/* A place for the server's socket of each family. A dual-stack socket is in both. */
#define SKW_STEER_SLOT4 0
#define SKW_STEER_SLOT6 1
#define SKW_STEER_SLOTS 2

/* The family of a rule that has no prefix: it takes both. */
#define SKW_STEER_BOTH 0

/*
 * A key of the trie. Its bits are those behind `bits`, in this order. A rule for any address has at
 * most 32 of them, and the end of the port may be left out, so that one key stands for a range.
 */
struct skw_steer_key {
	__u32 bits;
	__u8 proto;
	__u8 pad;
	__u16 port; /* network order; 0: all ports of the prefix */
	__u8 family;
	__u8 pad2[3];
	__u8 addr[16]; /* IPv4: the first four bytes */
};

#define SKW_STEER_PROTO_BITS 16
#define SKW_STEER_PORT_BITS  32 /* with those of the protocol */
#define SKW_STEER_ADDR_AT    64 /* the bits before the address */
#define SKW_STEER_KEY_BITS   192

struct skw_steer_rule {
	__u8 addr[16];
	__u8 family; /* AF_INET, AF_INET6, SKW_STEER_BOTH */
	__u8 bits;   /* of the prefix */
	__u16 first, last;
	__u8 used; /* for entries: this place is taken */
	__u8 pad;
};

struct skw_steer_entry {
	struct skw_steer_rule rule;
	__u64 steered; /* connections, or datagrams */
	__u64 missed;  /* there was no server, and they went on as without a rule */
};

struct skw_steer_figures {
	__u64 taken;  /* another program had chosen a socket before */
	__u64 failed; /* the kernel refused the socket */
	__u64 lost;   /* no event was told: too many a second, or the ring was full */
	__u64 since;  /* CLOCK_MONOTONIC, of the second that `told` counts */
	__u64 told;
};

/* The server, as it is found again after a restart. */
struct skw_steer_server {
	__u8 proto;
	__u8 same_port; /* UDP to other ports is wanted */
	__u8 has[SKW_STEER_SLOTS];
	__u8 family[SKW_STEER_SLOTS]; /* of the socket */
	__u16 port[SKW_STEER_SLOTS];
	__u8 pad[2];
	__u32 uid; /* of the socket */
	__u8 addr[SKW_STEER_SLOTS][16];
	char cgroup[256]; /* its path below the mount point; empty: unknown */
	char comm[20];    /* the name of its process; empty: unknown */
	__u32 pad2;
	__u64 since_ns; /* CLOCK_BOOTTIME: when a socket was registered last */
};

/* An event: a connection or a datagram was steered. */
struct skw_steer_rec {
	__u64 ts_ns;
	__u32 rule;
	__u16 local_port, remote_port;
	__u8 local[16], remote[16]; /* IPv4: the first four bytes */
	__u8 family, proto;
	__u8 pad[6];
};

_Static_assert(sizeof(struct skw_steer_key) == 28, "no hidden padding");
_Static_assert(sizeof(struct skw_steer_rule) == 24, "no hidden padding");
_Static_assert(sizeof(struct skw_steer_entry) == 40, "no hidden padding");
_Static_assert(sizeof(struct skw_steer_figures) == 40, "no hidden padding");
_Static_assert(sizeof(struct skw_steer_server) == 336, "no hidden padding");
_Static_assert(sizeof(struct skw_steer_rec) == 56, "no hidden padding");

#endif
