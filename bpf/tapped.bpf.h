/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a packet at the tap is one of a chosen socket. */
#ifndef SKW_TAPPED_BPF_H
#define SKW_TAPPED_BPF_H

#include "entry.bpf.h"
#include "syn.bpf.h"

#define LOOPBACK_IFINDEX 1
#define PACKET_OUTGOING  4
#define FRAGMENT_NS      30000000000ULL /* IP_FRAG_TIME */
/* The kernel sends a SYN-ACK for about this time: five times, the first after a second. */
#define ANSWERED_NS 64000000000ULL

/* include/uapi/linux/if_ether.h, in network byte order */
#define ETH_P_IP     0x0008
#define ETH_P_IPV6   0xdd86
#define ETH_P_8021Q  0x0081
#define ETH_P_8021AD 0xa888

/* The peer's FIN comes, or a reset: now the connection has ended. */
static __always_inline void watch_fin(struct skw_chosen_entry *e, __u8 flags)
{
	if (!(flags & (TCP_FLAG_FIN | TCP_FLAG_RST)))
		return;
	e->flags &= ~SKW_CHOSEN_AWAITS_FIN;
	COUNT(finished);
}

#define IS_SYN(flags) (((flags) & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN)

/* NULL if the tuple has no chosen owner, or more than one namespace uses it. */
static __always_inline struct skw_chosen_entry *tuple_find(const struct skw_chosen_tuple *tuple,
							   __u8 flags)
{
	struct skw_chosen_entry *e = bpf_map_lookup_elem(&tuples, tuple);

	if (!e || e->flags & SKW_CHOSEN_AMBIGUOUS || !is_live(e))
		return NULL;
	/* A closed socket opens nothing: another socket has its tuple now. */
	return e->expires_ns && tuple->protocol == IPPROTO_TCP && IS_SYN(flags) ? NULL : e;
}

static __always_inline bool answered_lately(const struct skw_chosen_tuple *tuple)
{
	__u64 *then = bpf_map_lookup_elem(&answered, tuple);

	return then && bpf_ktime_get_ns() - *then < ANSWERED_NS;
}

/* Whether the local end of the tuple is chosen. `flags` are those of TCP, `comes`: to that end. */
static __always_inline bool local_chosen(const struct skw_chosen_tuple *tuple, __u8 flags,
					 bool comes)
{
	bool noted = port_noted(tuple->protocol, PORT_TUPLE, tuple->local_port);
	struct skw_chosen_entry *e = noted ? tuple_find(tuple, flags) : NULL;

	if (e) {
		if (e->flags & SKW_CHOSEN_AWAITS_FIN && comes)
			watch_fin(e, flags);
		return true;
	}
	if (tuple->protocol == IPPROTO_UDP || (comes && IS_SYN(flags)))
		return end_chosen(tuple);
	return noted && answered_lately(tuple);
}

static __always_inline bool others_exist(void)
{
	__u32 zero = 0;
	struct skw_chosen_counters *count = bpf_map_lookup_elem(&counters, &zero);

	return count && count->others;
}

/*
 * Whether one of a packet's ends is chosen. In this namespace a packet that goes out has its
 * socket at its source, another one at its destination, and on lo both are here. Packets of other
 * namespaces pass through in either direction.
 */
static __noinline int ends_chosen(struct skw_chosen_tuple *sent, __u32 flags, __u32 pkt_type,
				  __u32 ifindex)
{
	struct skw_chosen_tuple turned;
	bool lo = ifindex == LOOPBACK_IFINDEX;
	bool out = pkt_type == PACKET_OUTGOING;

	if (!sent)
		return 0;
	tuple_turn(&turned, sent);
	if ((out || lo) && local_chosen(sent, (__u8)flags, false))
		return 1;
	if ((!out || lo) && local_chosen(&turned, (__u8)flags, true))
		return 1;
	if (!others_exist())
		return 0;
	sent->scope = turned.scope = SKW_SCOPE_OTHER;
	return local_chosen(sent, (__u8)flags, false) || local_chosen(&turned, (__u8)flags, true);
}

static __always_inline void fragment_key(struct fragment *key, const struct wire *w)
{
	__builtin_memcpy(key->from, w->tuple.local, 16);
	__builtin_memcpy(key->to, w->tuple.remote, 16);
	key->id = w->fragment_id;
	key->protocol = w->tuple.protocol;
}

static __always_inline bool later_fragment_chosen(const struct wire *w)
{
	struct fragment key;
	__u64 *first_ns;

	fragment_key(&key, w);
	first_ns = bpf_map_lookup_elem(&fragments, &key);
	return first_ns && bpf_ktime_get_ns() - *first_ns < FRAGMENT_NS;
}

static __always_inline void note_fragment(const struct wire *w, bool chosen)
{
	__u64 now = bpf_ktime_get_ns();
	struct fragment key;

	fragment_key(&key, w);
	if (chosen)
		bpf_map_update_elem(&fragments, &key, &now, BPF_ANY);
	else
		bpf_map_delete_elem(&fragments, &key);
}

/* An error goes to the sender of what it quotes, so the quoted source is the local end here. */
static __always_inline bool quoted_chosen(struct __sk_buff *skb, __u32 at)
{
	struct wire quoted;

	if (!wire_read(skb, at, &quoted) || !has_ports(&quoted))
		return false;
	return ends_chosen(&quoted.tuple, 0, skb->pkt_type == PACKET_OUTGOING ? 0 : PACKET_OUTGOING,
			   skb->ifindex);
}

static __always_inline bool is_ip(const struct __sk_buff *skb)
{
	__u32 protocol = skb->protocol;

	return protocol == ETH_P_IP || protocol == ETH_P_IPV6 || protocol == ETH_P_8021Q ||
	       protocol == ETH_P_8021AD;
}

static __always_inline bool listener_exists(void)
{
	__u32 zero = 0;
	struct skw_chosen_counters *count = bpf_map_lookup_elem(&counters, &zero);

	return count && count->listeners;
}

/* Where a chosen socket listens, a SYN to another end may be for it all the same. */
static __always_inline void on_handshake(struct __sk_buff *skb, struct skw_chosen_tuple *sent,
					 __u8 flags, bool chosen)
{
	struct skw_chosen_tuple turned;

	sent->scope = SKW_SCOPE_OWN;
	if (IS_SYN(flags) && !chosen && skb->pkt_type != PACKET_OUTGOING && listener_exists()) {
		tuple_turn(&turned, sent);
		syn_keep(skb, &turned);
	} else if (!IS_SYN(flags) && chosen && skb->pkt_type == PACKET_OUTGOING) {
		syn_release(sent);
	}
}

/*
 * Most packets of others are turned away here, with a single look into the packet and one at each
 * port. Returns whether that is possible.
 */
static __always_inline bool plainly_others(struct __sk_buff *skb)
{
	__u8 head[24], protocol;
	__u16 ports[2];

	if (!load(skb, 0, head, sizeof(head)))
		return false;
	if (head[0] == 0x45) {
		protocol = head[9];
		/* No fragment. */
		if (*(__u16 *)(head + 6) & __builtin_bswap16(0x3fff))
			return false;
		ports[0] = *(__u16 *)(head + 20);
		ports[1] = *(__u16 *)(head + 22);
	} else {
		protocol = head[6];
		if (head[0] >> 4 != 6 || !load(skb, 40, ports, sizeof(ports)))
			return false;
	}
	if (protocol != IPPROTO_UDP && protocol != IPPROTO_TCP)
		return false;
	/* A SYN may have to be kept. */
	if (protocol == IPPROTO_TCP && listener_exists() &&
	    (!load(skb, head[0] == 0x45 ? 33 : 53, head, 1) || head[0] & TCP_FLAG_SYN))
		return false;
	return !port_uses(protocol, ports[0]) && !port_uses(protocol, ports[1]);
}

static __always_inline bool packet_chosen(struct __sk_buff *skb)
{
	struct wire w;
	__u8 flags = 0;

	if (!is_ip(skb) || plainly_others(skb) || !wire_read(skb, 0, &w))
		return false;
	if (!has_ports(&w)) {
		__u32 at = icmp_quote(skb, &w);

		if (at)
			return quoted_chosen(skb, at);
		return !w.first && later_fragment_chosen(&w);
	}
	if (w.tuple.protocol == IPPROTO_TCP)
		flags = tcp_flags(skb, &w);
	bool chosen = ends_chosen(&w.tuple, flags, skb->pkt_type, skb->ifindex);

	if (w.fragment)
		note_fragment(&w, chosen);
	if (flags & TCP_FLAG_SYN)
		on_handshake(skb, &w.tuple, flags, chosen);
	return chosen;
}

#endif
