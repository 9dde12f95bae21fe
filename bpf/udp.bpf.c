// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counts the datagrams of each socket of UDP, and their bytes, in both directions. The kernel runs
 * these programs for a cgroup: on the way out behind all tables of netfilter, and before a datagram
 * is cut into fragments; on the way in when its socket has been found, before it is put into the
 * queue. So what comes in counts here, too, if the queue is full; the socket's drops tell that.
 *
 * They are attached only while datagrams are counted, since each datagram pays for them. No program
 * here changes a packet or the result of a system call.
 */
#include "event.bpf.h"
#include "udp.bpf.h"
#include "abi/quic.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PASS       1 /* every program here lets everything pass */

#define SOCK_DGRAM 2
#define IP4_HEADER 20
#define IP6_HEADER 40
#define UDP_HEADER 8
/* RFC 8200, 4. */
#define NEXT_HOP_OPTIONS 0
#define NEXT_ROUTING     43
#define NEXT_FRAGMENT    44
#define NEXT_DESTINATION 60
#define EXTENSIONS_MAX   8
#define HEADERS_MAX      1024 /* behind more, QUIC is not looked for */

#define QUIC_LONG        0xc0
#define QUIC_HEADER      6
#define QUIC_ID_MAX      20 /* RFC 9000, 17.2 */

/* When the counting began. The loader writes it before it attaches the programs. */
__u64 since_ns;

struct extension {
	__u8 next, len;
};

/* The length of an IPv6 header with what is between it and UDP, or 0 if another protocol follows.
 */
static __noinline __u32 skip_extensions(struct __sk_buff *skb)
{
	struct extension ext = { 0 };
	__u32 at = IP6_HEADER;
	__u8 next = 0;

	if (bpf_skb_load_bytes(skb, 6, &next, 1))
		return 0;
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		if (next == IPPROTO_UDP)
			return at;
		if (next != NEXT_HOP_OPTIONS && next != NEXT_ROUTING && next != NEXT_FRAGMENT &&
		    next != NEXT_DESTINATION)
			return 0;
		if (bpf_skb_load_bytes(skb, at, &ext, sizeof(ext)))
			return 0;
		at += next == NEXT_FRAGMENT ? 8 : (ext.len + 1) * 8;
		next = ext.next;
	}
	return 0;
}

/* Where the UDP header begins, or 0 if it is another protocol's packet. */
static __always_inline __u32 udp_at(struct __sk_buff *skb)
{
	const __u8 *data = (const void *)(long)skb->data;
	const void *end = (const void *)(long)skb->data_end;

	if (data + IP4_HEADER > (const __u8 *)end)
		return 0;
	if (data[0] >> 4 == 4)
		return data[9] == IPPROTO_UDP ? (data[0] & 15) * 4 : 0;
	if (data[6] == IPPROTO_UDP)
		return IP6_HEADER;
	return data[6] == IPPROTO_TCP ? 0 : skip_extensions(skb);
}

/* The storage of a socket that is older than the counting. Raw sockets may send UDP, too. */
static __always_inline struct skw_udp_storage *make(struct bpf_sock *sk)
{
	struct skw_udp_storage *own;

	sk = bpf_sk_fullsock(sk);
	if (!sk || sk->protocol != IPPROTO_UDP || sk->type != SOCK_DGRAM)
		return NULL;
	own = bpf_sk_storage_get(&udp_counts, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!own)
		COUNT(no_storage);
	return own;
}

static __always_inline struct skw_udp_storage *counts_of(struct bpf_sock *sk)
{
	struct skw_udp_storage *own = bpf_sk_storage_get(&udp_counts, sk, NULL, 0);

	return own ? own : make(sk);
}

/* A large packet that the card cuts, or that was put together, is as many as it stands for. */
static __always_inline __u32 packets_of(const struct __sk_buff *skb)
{
	__u32 segs = skb->gso_segs;

	return segs ? segs : 1;
}

/* Several CPUs may use a socket at the same time, so the additions are atomic. */
#define ADD(skb, at, bytes, packets)                                                               \
	do {                                                                                       \
		__sync_fetch_and_add(&(bytes), (skb)->len - (at)-UDP_HEADER);                      \
		__sync_fetch_and_add(&(packets), packets_of(skb));                                 \
	} while (0)

/*
 * Whether it is QUIC is told by the first datagrams of a connection, which have a long header (RFC
 * 8999): two bits that are set, the version, and the length of an ID.
 */
static __always_inline void note_quic(struct __sk_buff *skb, __u32 at, struct skw_udp_storage *own)
{
	const __u8 *p = (const void *)(long)skb->data;
	const void *end = (const void *)(long)skb->data_end;
	__u32 version;

	if (own->quic || at > HEADERS_MAX)
		return;
	p += at + UDP_HEADER;
	if (p + QUIC_HEADER > (const __u8 *)end || p[0] < QUIC_LONG || p[5] > QUIC_ID_MAX)
		return;
	version = (__u32)p[1] << 24 | (__u32)p[2] << 16 | (__u32)p[3] << 8 | p[4];
	if (SKW_QUIC_IS_KNOWN(version))
		own->quic = version;
}

SEC("cgroup_skb/egress")
int skw_udp_out(struct __sk_buff *skb)
{
	__u32 at = udp_at(skb);
	struct bpf_sock *sk = at ? skb->sk : NULL;
	struct skw_udp_storage *own = sk ? counts_of(sk) : NULL;

	if (own) {
		ADD(skb, at, own->bytes_out, own->packets_out);
		note_quic(skb, at, own);
	}
	return PASS;
}

SEC("cgroup_skb/ingress")
int skw_udp_in(struct __sk_buff *skb)
{
	__u32 at = udp_at(skb);
	struct bpf_sock *sk = at ? skb->sk : NULL;
	struct skw_udp_storage *own = sk ? counts_of(sk) : NULL;

	if (own) {
		ADD(skb, at, own->bytes_in, own->packets_in);
		note_quic(skb, at, own);
	}
	return PASS;
}

/* Of a socket that is made from now on, all is counted. */
SEC("cgroup/sock_create")
int skw_udp_made(struct bpf_sock *sk)
{
	struct skw_udp_storage *own;

	if (sk->protocol != IPPROTO_UDP || sk->type != SOCK_DGRAM)
		return PASS;
	own = bpf_sk_storage_get(&udp_counts, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (own)
		own->opened_ns = bpf_ktime_get_ns();
	else
		COUNT(no_storage);
	return PASS;
}

static __always_inline void fill_head(struct skw_event_head *head, __u64 cookie, __u8 type,
				      __u32 netns)
{
	head->ts_ns = bpf_ktime_get_ns();
	head->cookie = cookie;
	head->type = type;
	head->old_state = head->new_state = TCP_CLOSE;
	head->direction = SKW_CONN_UNKNOWN;
	head->netns = netns;
}

/* The process that closes it, for sockets that no sweep meets. */
static __always_inline void tell_closer(const struct sock *from, __u64 cookie, __u32 netns)
{
	struct skw_creator_rec *rec = process_reserve();

	if (!rec)
		return;
	fill_head(&rec->head, cookie, SKW_EVENT_CLOSER, netns);
	rec->cgroup_id = BPF_CORE_READ(from, sk_cgrp_data.cgroup, kn, id);
	rec->uid = BPF_CORE_READ(from, sk_uid.val);
	rec->data_segs_in = SKW_NONE32;
	event_submit(rec);
}

/* As sock_drops() in skw.bpf.h, of a socket that must be read by a helper. */
static __always_inline __u32 read_drops(const struct sock *sk)
{
	if (bpf_core_field_exists(sk->sk_drop_counters)) {
		const struct numa_drop_counters *nodes = BPF_CORE_READ(sk, sk_drop_counters);

		if (nodes)
			return (__u32)(BPF_CORE_READ(nodes, drops0.counter) +
				       BPF_CORE_READ(nodes, drops1.counter));
	}
	return (__u32)BPF_CORE_READ(sk, sk_drops.counter);
}

static __always_inline void read_tuple(struct skw_conn_rec *rec, const struct sock *from)
{
	rec->family = (__u8)BPF_CORE_READ(from, __sk_common.skc_family);
	rec->local_port = BPF_CORE_READ(from, __sk_common.skc_num);
	rec->remote_port = __builtin_bswap16(BPF_CORE_READ(from, __sk_common.skc_dport));
	__builtin_memset(rec->local_addr, 0, sizeof(rec->local_addr));
	__builtin_memset(rec->remote_addr, 0, sizeof(rec->remote_addr));
	if (rec->family == AF_INET6) {
		bpf_core_read(rec->local_addr, sizeof(rec->local_addr),
			      &from->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(rec->remote_addr, sizeof(rec->remote_addr),
			      &from->__sk_common.skc_v6_daddr);
	} else {
		bpf_core_read(rec->local_addr, 4, &from->__sk_common.skc_rcv_saddr);
		bpf_core_read(rec->remote_addr, 4, &from->__sk_common.skc_daddr);
	}
}

static __always_inline void fill_last(struct skw_conn_rec *rec, const struct sock *from,
				      const struct skw_udp_storage *own,
				      const struct skw_event_head *head)
{
	__builtin_memset(rec, 0xff, sizeof(*rec));
	rec->ts_ns = head->ts_ns;
	rec->cookie = head->cookie;
	rec->netns = head->netns;
	rec->kind = SKW_ROW_UDP;
	rec->state = BPF_CORE_READ(from, __sk_common.skc_state);
	rec->flags = SKW_ROW_APP_UNKNOWN;
	rec->timer = SKW_TIMER_NONE;
	rec->direction = SKW_CONN_UNKNOWN;
	rec->ending = rec->reserved = 0;
	rec->inode = 0;
	rec->sk_err = 0;
	rec->scope_id = 0;
	__builtin_memset(rec->congestion, 0, sizeof(rec->congestion));
	__builtin_memset(rec->scope, 0, sizeof(rec->scope));
	rec->cgroup_id = BPF_CORE_READ(from, sk_cgrp_data.cgroup, kn, id);
	rec->uid = BPF_CORE_READ(from, sk_uid.val);
	rec->drops = read_drops(from);
	row_counts(rec, own, since_ns);
	read_tuple(rec, from);
}

/* In close(), or at the end of the process. */
SEC("cgroup/sock_release")
int skw_udp_end(struct bpf_sock *sk)
{
	struct skw_udp_storage *own;
	struct skw_close_rec *rec;
	const struct sock *from;
	__u64 cookie;
	__u32 netns;

	if (sk->protocol != IPPROTO_UDP)
		return PASS;
	own = bpf_sk_storage_get(&udp_counts, sk, NULL, 0);
	if (!own)
		return PASS;
	from = kernel_sock(sk);
	netns = BPF_CORE_READ(from, __sk_common.skc_net.net, ns.inum);
	if (only_netns && netns != only_netns)
		return PASS;
	cookie = bpf_get_socket_cookie(sk);
	tell_closer(from, cookie, netns);
	rec = event_reserve(sizeof(*rec));
	if (!rec)
		return PASS;
	fill_head(&rec->head, cookie, SKW_EVENT_LAST, netns);
	fill_last(&rec->row, from, own, &rec->head);
	event_submit(rec);
	return PASS;
}
