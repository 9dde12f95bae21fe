/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The maps and the events of bpf/policy.bpf.c. A rule is a bit: each map answers for one property
 * of a call which rules have nothing against it, and the lowest bit that all answers have is the
 * rule that decides. So a verdict takes the same few look-ups for 1,000 rules as for one.
 *
 * All maps hold two sets of rules. The other set is filled while one of them is in use, and then
 * one number is changed.
 */
#ifndef SKW_ABI_POLICY_H
#define SKW_ABI_POLICY_H

#ifndef SKW_BPF_H
#include <linux/types.h>
#endif

#define SKW_POLICY_SETS            2
#define SKW_POLICY_RULES           1024
#define SKW_POLICY_WORDS           (SKW_POLICY_RULES / 64)
#define SKW_POLICY_PREFIXES        (SKW_POLICY_RULES + 2)
#define SKW_POLICY_PORT_CLASSES    2048
#define SKW_POLICY_GROUPS          1024 /* cgroups that rules name, in a set */
#define SKW_POLICY_COMM_LEN        16
#define SKW_POLICY_MESSAGE_SOCKETS 65536

struct skw_policy_bits {
	__u64 word[SKW_POLICY_WORDS];
};

/* The calls that are judged. */
enum skw_policy_what {
	SKW_POLICY_CONNECT,
	SKW_POLICY_BIND,
	SKW_POLICY_SEND,
	SKW_POLICY_CREATE,
	SKW_POLICY_MESSAGE, /* data that a connection of TCP sends; no default decides about it */
	SKW_POLICY_WHATS
};

/* Sockets by their protocol. TCP includes MPTCP, UDP includes UDP-Lite, and a raw socket is raw
 * whatever it carries. */
enum skw_policy_proto {
	SKW_POLICY_TCP,
	SKW_POLICY_UDP,
	SKW_POLICY_ICMP,
	SKW_POLICY_RAW,
	SKW_POLICY_OTHER,
	SKW_POLICY_PROTOS = 8
};

#define SKW_POLICY_KINDS 64 /* the call * SKW_POLICY_PROTOS + the protocol */

enum skw_policy_verdict {
	SKW_POLICY_ALLOW,
	SKW_POLICY_DENY,
	SKW_POLICY_OBSERVE,
	SKW_POLICY_REDIRECT,
	SKW_POLICY_VERDICTS
};

struct skw_policy_action {
	__u8 verdict;
	__u8 via_is_ip4;
	__u16 error;    /* DENY: the errno */
	__u16 via_port; /* network order */
	__u16 reserved;
	__u8 via[16]; /* IPv4: as an IPv4-mapped address */
};

struct skw_policy_set {
	__u32 words; /* that have rules */
	__u32 generation;
	__u32 groups; /* 1: rules name cgroups */
	__u32 reserved;
	struct skw_policy_bits kind[SKW_POLICY_KINDS];
	struct skw_policy_action action[SKW_POLICY_RULES];
};

/* Rules by port. Ports that the same rules name share a class. */
struct skw_policy_ports {
	__u16 of_port[65536];
	struct skw_policy_bits bits[SKW_POLICY_PORT_CLASSES];
};

/* Rules by address: the longest prefix answers for all that contain it. */
struct skw_policy_prefix {
	__u32 len;     /* in bits, up to 128 */
	__u8 addr[16]; /* IPv4: as an IPv4-mapped address */
};

/*
 * Rules by the socket's cgroup: the nearest one of the cgroup and those above it that has an entry
 * answers. The id 0 answers where none has.
 */
struct skw_policy_group {
	__u64 id;
	__u64 set;
};

/* Entries of the map "control", 64 bits each. */
enum skw_policy_control {
	SKW_POLICY_ACTIVE, /* the set in use */
	SKW_POLICY_TELL,   /* 1: events go into the ring */
	SKW_POLICY_CONTROLS
};

struct skw_policy_totals {
	__u64 verdict[SKW_POLICY_VERDICTS];
	__u64 told;      /* events in the ring */
	__u64 limited;   /* not told, as there were more than the rate */
	__u64 lost;      /* not told, as the ring was full */
	__u64 failed;    /* calls that could not be judged or redirected; these were denied */
	__u64 unreached; /* connections whose messages rules name and can't judge */
};

struct skw_policy_event {
	__u64 ts_ns;
	__u64 cookie;
	__u64 cgroup_id; /* of the socket */
	__u32 tgid;
	__u32 uid;
	__u32 netns;
	__u32 generation;
	__u16 rule; /* from 0 */
	__u16 error;
	__u16 remote_port;
	__u16 local_port;
	__u8 what;
	__u8 verdict;
	__u8 family;
	__u8 protocol; /* IPPROTO_*; that of MPTCP is TCP's */
	__u32 type;    /* SOCK_STREAM and so on */
	__u8 local_addr[16];
	__u8 remote_addr[16];
	char comm[SKW_POLICY_COMM_LEN];
};

/* The destination that a redirected client asked for. */
struct skw_policy_origin {
	__u8 addr[16]; /* IPv4: as an IPv4-mapped address */
	__u16 port;    /* network order */
	__u16 reserved;
	__u32 sequence; /* that of the SYN */
};

/* A redirected connection, as the proxy sees its other end. */
struct skw_policy_source {
	__u64 netns; /* cookie */
	__u8 addr[16];
	__u16 port; /* host order */
	__u16 reserved[3];
};

/* Why a policy does not reach a socket. */
enum skw_policy_escape_kind {
	SKW_POLICY_ESCAPE_OPEN,    /* connected, of the cgroup */
	SKW_POLICY_ESCAPE_FOREIGN, /* held in the cgroup, and made elsewhere */
	SKW_POLICY_ESCAPE_RAW,     /* raw sockets that are made or held there, and ping sockets */
	SKW_POLICY_ESCAPE_PACKET,  /* packet sockets that are held there */
	SKW_POLICY_ESCAPE_KINDS
};

#define SKW_POLICY_ESCAPES_NAMED 20

/* Such a socket, and one of its holders. */
struct skw_policy_escape {
	__u32 tgid;
	__u16 local_port;
	__u16 remote_port;
	__u8 kind;
	__u8 family;
	__u16 protocol;
	__u8 local_addr[16];
	__u8 remote_addr[16];
	char comm[SKW_POLICY_COMM_LEN];
};

/* As bpf/policyscan.bpf.c counts them. A socket may be of two kinds. */
struct skw_policy_escapes {
	__u64 count[SKW_POLICY_ESCAPE_KINDS];
	__u64 sockets; /* all of them */
	__u64 full;    /* sockets that were not looked at, because they were too many */
	struct skw_policy_escape named[SKW_POLICY_ESCAPES_NAMED]; /* the first of them */
};

_Static_assert(sizeof(struct skw_policy_action) == 24, "no padding");
_Static_assert(sizeof(struct skw_policy_event) == 104, "no padding");
_Static_assert(sizeof(struct skw_policy_escape) == 60, "no padding");
_Static_assert(sizeof(struct skw_policy_source) == 32, "no padding");

#endif
