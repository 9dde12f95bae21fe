/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How the tuples and ends of chosen sockets come into the maps, and how they leave. */
#ifndef SKW_ENTRY_BPF_H
#define SKW_ENTRY_BPF_H

#include "chosen.bpf.h"

static __always_inline __u64 *port_word(__u8 protocol, __u16 port)
{
	__u32 at = (protocol == IPPROTO_UDP) * PORT_WORDS + (port >> 3);

	return bpf_map_lookup_elem(&ports, &at);
}

static __always_inline void port_note(__u8 protocol, enum port_use use, __u16 port)
{
	__u64 *word = port_word(protocol, port);
	__u64 bit = (__u64)use << ((port & 7) * 8);

	if (word && !(*word & bit))
		__sync_fetch_and_or(word, bit);
}

static __always_inline __u8 port_uses(__u8 protocol, __u16 port)
{
	__u64 *word = port_word(protocol, port);

	return word ? (__u8)(*word >> ((port & 7) * 8)) : 0;
}

static __always_inline bool port_noted(__u8 protocol, enum port_use use, __u16 port)
{
	return port_uses(protocol, port) & use;
}

static __always_inline __u8 scope_of(__u64 netns)
{
	__u32 zero = 0;
	struct skw_chosen_counters *count;

	if (netns == own_netns)
		return SKW_SCOPE_OWN;
	count = bpf_map_lookup_elem(&counters, &zero);
	if (count && !count->others)
		count->others = 1;
	return SKW_SCOPE_OTHER;
}

/* Whether an address is that of all addresses, of both families or of IPv4. */
static __always_inline bool is_any(const __u8 *addr)
{
	const __u32 *words = (const __u32 *)addr;

	return !words[0] && !words[1] && !words[3] &&
	       (!words[2] || words[2] == __builtin_bswap32(0xffff));
}

static __always_inline bool is_live(const struct skw_chosen_entry *e)
{
	return !e->expires_ns || e->expires_ns > bpf_ktime_get_ns();
}

/* Puts a tuple with a time into the queue. If there is no room, it makes some at once. */
static __always_inline void closed_push(const struct skw_chosen_tuple *tuple)
{
	if (bpf_map_push_elem(&closed, tuple, 0))
		bpf_map_delete_elem(&tuples, tuple);
}

/* Removes the oldest of the closed sockets. */
static __always_inline void closed_pop(void)
{
	struct skw_chosen_tuple tuple;

	for (int i = 0; i < CLOSED_TRIES && !bpf_map_pop_elem(&closed, &tuple); i++) {
		struct skw_chosen_entry *e = bpf_map_lookup_elem(&tuples, &tuple);

		/* It has gone, or it is open again and comes into the queue when it closes. */
		if (!e || !e->expires_ns)
			continue;
		if (is_live(e) && e->flags & SKW_CHOSEN_RENEWED) {
			closed_push(&tuple);
			continue;
		}
		if (is_live(e))
			COUNT(early);
		bpf_map_delete_elem(&tuples, &tuple);
		return;
	}
}

/* Returns whether it is in the map now. `expires_ns` as in the entry. */
static __always_inline bool tuple_enter(const struct own_socket *own,
					const struct skw_chosen_tuple *tuple, __u64 expires_ns)
{
	struct skw_chosen_entry fresh = { .expires_ns = expires_ns,
					  .netns = own->netns,
					  .id = own->id };

	/* Two namespaces may use the same addresses. Then nobody can tell whose packet it is. */
	if (tuple->scope == SKW_SCOPE_OTHER) {
		struct skw_chosen_entry *old = bpf_map_lookup_elem(&tuples, tuple);

		if (old && old->netns != own->netns && is_live(old))
			fresh.flags = SKW_CHOSEN_AMBIGUOUS;
	}
	port_note(tuple->protocol, PORT_TUPLE, tuple->local_port);
	if (expires_ns)
		fresh.flags |= SKW_CHOSEN_RENEWED;
	bool queued = expires_ns && bpf_map_lookup_elem(&tuples, tuple);
	if (bpf_map_update_elem(&tuples, tuple, &fresh, BPF_ANY)) {
		closed_pop();
		if (bpf_map_update_elem(&tuples, tuple, &fresh, BPF_ANY)) {
			COUNT(full);
			return false;
		}
	}
	if (expires_ns && !queued)
		closed_push(tuple);
	COUNT(entered);
	return true;
}

/* Forgets the tuple of a socket that has got another one. */
static __always_inline void tuple_drop(const struct own_socket *own)
{
	struct skw_chosen_entry *e = bpf_map_lookup_elem(&tuples, &own->wire);

	if (e && e->id == own->id)
		bpf_map_delete_elem(&tuples, &own->wire);
}

static __always_inline void end_of_tuple(struct skw_chosen_end *end,
					 const struct skw_chosen_tuple *tuple)
{
	__builtin_memcpy(end->addr, tuple->local, 16);
	end->port = tuple->local_port;
	end->protocol = tuple->protocol;
	end->scope = tuple->scope;
}

static __always_inline void listener_note(void)
{
	__u32 zero = 0;
	struct skw_chosen_counters *count = bpf_map_lookup_elem(&counters, &zero);

	if (count && !count->listeners)
		count->listeners = 1;
}

/* Several sockets may share an end: workers with SO_REUSEPORT. */
static __always_inline bool end_enter(struct own_socket *own, const struct skw_chosen_tuple *tuple,
				      __u32 flags)
{
	struct skw_chosen_entry fresh = {
		.netns = own->netns, .id = own->id, .flags = flags, .users = 1
	};
	struct skw_chosen_entry *old;
	struct skw_chosen_end end;

	end_of_tuple(&end, tuple);
	if (end.protocol == IPPROTO_TCP)
		listener_note();
	port_note(end.protocol, is_any(end.addr) ? PORT_ANY_END : PORT_END, end.port);
	old = bpf_map_lookup_elem(&ends, &end);
	if (old) {
		__sync_fetch_and_add(&old->users, 1);
	} else if (bpf_map_update_elem(&ends, &end, &fresh, BPF_ANY)) {
		COUNT(full);
		return false;
	}
	COUNT(entered);
	own->wire = *tuple;
	own->is_entered = own->is_end = true;
	return true;
}

static __always_inline void end_leave(struct own_socket *own)
{
	struct skw_chosen_entry *e;
	struct skw_chosen_end end;

	if (!own->is_end)
		return;
	own->is_entered = own->is_end = false;
	end_of_tuple(&end, &own->wire);
	e = bpf_map_lookup_elem(&ends, &end);
	if (e && __sync_fetch_and_sub(&e->users, 1) <= 1)
		bpf_map_delete_elem(&ends, &end);
}

/* An end of a socket that is not chosen. Only one at an address can hide a wider one. */
static __always_inline void end_of_others(const struct skw_chosen_tuple *tuple)
{
	struct skw_chosen_end end;
	__u8 one = 1;

	if (is_any(tuple->local))
		return;
	end_of_tuple(&end, tuple);
	bpf_map_update_elem(&other_ends, &end, &one, BPF_ANY);
}

/*
 * Whether a packet to this end reaches a chosen socket. The kernel prefers an exact address to any
 * of its family, and that to any of both.
 */
static __always_inline bool end_chosen(const struct skw_chosen_tuple *tuple)
{
	struct skw_chosen_entry *e;
	struct skw_chosen_end end;
	bool v4 = is_v4(tuple->local);

	end_of_tuple(&end, tuple);
	if (port_noted(end.protocol, PORT_END, end.port) && bpf_map_lookup_elem(&ends, &end))
		return true;
	if (!port_noted(end.protocol, PORT_ANY_END, end.port) ||
	    bpf_map_lookup_elem(&other_ends, &end))
		return false;
	if (v4) {
		map_v4(end.addr, 0);
		if (bpf_map_lookup_elem(&ends, &end))
			return true;
	}
	__builtin_memset(end.addr, 0, sizeof(end.addr));
	e = bpf_map_lookup_elem(&ends, &end);
	return e && !(v4 && e->flags & SKW_CHOSEN_V6ONLY);
}

/*
 * A listener's answer comes from another end than the listener's: its address or port is
 * translated. Further connections come to that end, too.
 */
static __always_inline void end_translated(const struct own_socket *own,
					   const struct skw_chosen_tuple *tuple)
{
	struct skw_chosen_entry fresh = { .netns = own->netns, .id = own->id, .users = 1 };
	struct skw_chosen_end end;

	if (end_chosen(tuple))
		return;
	end_of_tuple(&end, tuple);
	port_note(end.protocol, PORT_END, end.port);
	if (bpf_map_update_elem(&ends, &end, &fresh, BPF_NOEXIST))
		COUNT(full);
}

/* The socket is closed, but its last packets are still to come. */
static __always_inline void tuple_leave(struct own_socket *own, bool awaits_fin)
{
	struct skw_chosen_entry *e;

	if (own->is_end)
		return;
	e = bpf_map_lookup_elem(&tuples, &own->wire);
	if (e && e->id == own->id) {
		if (!e->expires_ns)
			closed_push(&own->wire);
		e->expires_ns = bpf_ktime_get_ns() + LINGER_NS;
		if (awaits_fin && own->is_counted)
			e->flags |= SKW_CHOSEN_AWAITS_FIN;
		else
			awaits_fin = false;
	} else {
		awaits_fin = false;
	}
	if (own->is_counted && !awaits_fin)
		COUNT(finished);
	own->is_entered = own->is_counted = false;
	own->is_closed = true;
}

/* The socket's tuple as the kernel knows it. Translated addresses are another matter. */
static __always_inline void sock_tuple(const struct sock_common *sk, __u8 protocol,
				       struct skw_chosen_tuple *to)
{
	to->protocol = protocol;
	to->scope = scope_of(sk->skc_net.net->net_cookie);
	to->reserved = 0;
	to->local_port = __builtin_bswap16(sk->skc_num);
	to->remote_port = sk->skc_dport;
	if (sk->skc_family == AF_INET6) {
		__u32 *local = (__u32 *)to->local, *remote = (__u32 *)to->remote;

		for (int i = 0; i < 4; i++) {
			local[i] = sk->skc_v6_rcv_saddr.in6_u.u6_addr32[i];
			remote[i] = sk->skc_v6_daddr.in6_u.u6_addr32[i];
		}
	} else {
		map_v4(to->local, sk->skc_rcv_saddr);
		map_v4(to->remote, sk->skc_daddr);
	}
}

/* The flags of an end at any address. */
static __always_inline __u32 v6only_flag(const struct sock_common *sk)
{
	return BPF_CORE_READ_BITFIELD(sk, skc_ipv6only) ? SKW_CHOSEN_V6ONLY : 0;
}

/* Makes a socket a chosen one. NULL if memory is short. */
static __always_inline struct own_socket *socket_choose(void *sk, __u64 netns)
{
	struct own_socket *own =
		bpf_sk_storage_get(&sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	__u32 zero = 0;
	struct skw_chosen_counters *count = bpf_map_lookup_elem(&counters, &zero);

	if (!own || !count)
		return NULL;
	if (!own->id) {
		own->id = __sync_fetch_and_add(&count->sockets, 1) + 1;
		own->netns = netns;
	}
	return own;
}

#endif
