/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Finds the tuple of a packet by the bytes from its network header on. The same code reads packets
 * at the tap and on their way out of a socket, so both make the same tuple of them.
 */
#ifndef SKW_WIRE_BPF_H
#define SKW_WIRE_BPF_H

#include "skw.bpf.h"
#include "abi/chosen.h"

#define IPPROTO_HOPOPTS  0
#define IPPROTO_ICMP     1
#define IPPROTO_ROUTING  43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_AH       51
#define IPPROTO_ICMPV6   58
#define IPPROTO_DSTOPTS  60
#define IPPROTO_MH       135

#define TCP_FLAG_FIN     0x01
#define TCP_FLAG_SYN     0x02
#define TCP_FLAG_RST     0x04
#define TCP_FLAG_ACK     0x10

#define EXTENSIONS_MAX   8

/* A packet as it was sent: `local` of the tuple is its source. */
struct wire {
	struct skw_chosen_tuple tuple;
	__u32 fragment_id;
	__u16 payload; /* offset of the transport header */
	bool fragment;
	bool first; /* the transport header is in this packet */
	bool v6;
};

static __always_inline bool load(struct __sk_buff *skb, __u32 at, void *to, __u32 len)
{
	return bpf_skb_load_bytes_relative(skb, at, to, len, BPF_HDR_START_NET) == 0;
}

static __always_inline void map_v4(__u8 *addr, __u32 v4)
{
	((__u32 *)addr)[0] = ((__u32 *)addr)[1] = 0;
	((__u32 *)addr)[2] = __builtin_bswap32(0xffff);
	((__u32 *)addr)[3] = v4;
}

static __always_inline bool is_v4(const __u8 *addr)
{
	const __u32 *words = (const __u32 *)addr;

	return !words[0] && !words[1] && words[2] == __builtin_bswap32(0xffff);
}

static __always_inline bool wire_v4(struct __sk_buff *skb, __u32 at, struct wire *w)
{
	__u8 ip[20];

	if (!load(skb, at, ip, sizeof(ip)))
		return false;
	__u16 fragment = (__u16)(ip[6] << 8 | ip[7]);

	map_v4(w->tuple.local, *(__u32 *)(ip + 12));
	map_v4(w->tuple.remote, *(__u32 *)(ip + 16));
	w->tuple.protocol = ip[9];
	w->payload = (__u16)(at + (ip[0] & 15) * 4);
	w->fragment = fragment & 0x3fff;
	w->first = !(fragment & 0x1fff);
	w->fragment_id = *(__u16 *)(ip + 4);
	w->v6 = false;
	return true;
}

static __always_inline bool is_extension(__u8 protocol)
{
	return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING ||
	       protocol == IPPROTO_FRAGMENT || protocol == IPPROTO_AH ||
	       protocol == IPPROTO_DSTOPTS || protocol == IPPROTO_MH;
}

/* RFC 8200, 4. A packet with more extension headers than the loop takes belongs to nobody. */
static __always_inline bool wire_extensions(struct __sk_buff *skb, __u32 at, struct wire *w)
{
	__u8 protocol = w->tuple.protocol;

	for (int i = 0; i < EXTENSIONS_MAX && is_extension(protocol); i++) {
		__u8 head[8];

		if (!load(skb, at, head, sizeof(head)))
			return false;
		if (protocol == IPPROTO_FRAGMENT) {
			w->fragment = true;
			w->first = !((head[2] << 8 | head[3]) & 0xfff8);
			w->fragment_id = *(__u32 *)(head + 4);
			at += 8;
		} else {
			at += protocol == IPPROTO_AH ? (head[1] + 2) * 4 : (head[1] + 1) * 8;
		}
		protocol = head[0];
		/* The headers behind the fragment header are in the first fragment only. */
		if (!w->first)
			break;
	}
	w->tuple.protocol = protocol;
	w->payload = (__u16)at;
	return true;
}

static __always_inline bool wire_v6(struct __sk_buff *skb, __u32 at, struct wire *w)
{
	__u8 ip[40];

	if (!load(skb, at, ip, sizeof(ip)))
		return false;
	__builtin_memcpy(w->tuple.local, ip + 8, 16);
	__builtin_memcpy(w->tuple.remote, ip + 24, 16);
	w->tuple.protocol = ip[6];
	w->payload = (__u16)(at + sizeof(ip));
	w->fragment = false;
	w->first = true;
	w->v6 = true;
	return !is_extension(ip[6]) || wire_extensions(skb, at + sizeof(ip), w);
}

/*
 * Reads the headers of IP at an offset. The tuple has ports only if this is TCP or UDP and no later
 * fragment. Returns false if it is no IP packet.
 */
static __always_inline bool wire_read(struct __sk_buff *skb, __u32 at, struct wire *w)
{
	__u8 version;

	w->tuple.local_port = w->tuple.remote_port = 0;
	w->tuple.scope = SKW_SCOPE_OWN;
	w->tuple.reserved = 0;
	if (!load(skb, at, &version, 1))
		return false;
	if (version >> 4 == 4 ? !wire_v4(skb, at, w) : version >> 4 != 6 || !wire_v6(skb, at, w))
		return false;
	if (!w->first || (w->tuple.protocol != IPPROTO_TCP && w->tuple.protocol != IPPROTO_UDP))
		return true;
	__u16 ports[2];

	if (!load(skb, w->payload, ports, sizeof(ports)))
		return false;
	w->tuple.local_port = ports[0];
	w->tuple.remote_port = ports[1];
	return true;
}

static __always_inline bool has_ports(const struct wire *w)
{
	return w->first && (w->tuple.protocol == IPPROTO_TCP || w->tuple.protocol == IPPROTO_UDP);
}

/* Returns the flags of a TCP header, or 0 where it is cut. */
static __always_inline __u8 tcp_flags(struct __sk_buff *skb, const struct wire *w)
{
	__u8 flags = 0;

	if (!load(skb, w->payload + 13, &flags, 1))
		return 0;
	return flags;
}

/*
 * ICMP errors quote the packet that they are about: RFC 792, RFC 4443. Returns the quoted packet's
 * offset, or 0 if this is another packet.
 */
static __always_inline __u32 icmp_quote(struct __sk_buff *skb, const struct wire *w)
{
	__u8 type;

	if (!w->first || w->tuple.protocol != (w->v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP) ||
	    !load(skb, w->payload, &type, 1))
		return 0;
	/* Unreachable, source quench, redirect, time exceeded, parameter problem. */
	if (w->v6 ? type >= 128
		  : !(1 << (type & 31) & (1 << 3 | 1 << 4 | 1 << 5 | 1 << 11 | 1 << 12)) ||
			    type > 31)
		return 0;
	return w->payload + 8;
}

static __always_inline void tuple_turn(struct skw_chosen_tuple *to,
				       const struct skw_chosen_tuple *from)
{
	__builtin_memcpy(to->local, from->remote, 16);
	__builtin_memcpy(to->remote, from->local, 16);
	to->local_port = from->remote_port;
	to->remote_port = from->local_port;
	to->protocol = from->protocol;
	to->scope = from->scope;
	to->reserved = 0;
}

#endif
