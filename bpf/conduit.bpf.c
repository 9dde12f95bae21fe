// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Moves what a socket of a relay receives straight into the send queue of its peer. The kernel has
 * no backpressure here: it would queue all bytes of a sender in front of a peer that has stopped.
 * So a portion for which the peer has no room goes to user space.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "abi/conduit.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum { SK_DROP = 0, SK_PASS = 1 };

const volatile __u32 unsent_bytes = 0; /* the socket's TCP_NOTSENT_LOWAT */

/* The maps get their sizes before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct skw_conduit);
} conduits SEC(".maps");

/* The number of a socket, by its cookie. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__type(key, __u64);
	__type(value, __u32);
} ends SEC(".maps");

/* Sockets that are written, by their numbers. The map has no program. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} tx SEC(".maps");

/* Sockets that are read: skw_verdict() gets what they receive. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} rx SEC(".maps");

/*
 * Whether the peer's TCP will take the bytes without waiting. Its queue is not locked here, but
 * only this direction adds to it.
 */
static __always_inline bool has_room(struct skw_conduit *c, const struct tcp_sock *tp, __u32 len)
{
	const struct sock *sk = &tp->inet_conn.icsk_inet.sk;
	__u32 next = tp->write_seq;
	__u32 sndbuf = (__u32)sk->sk_sndbuf, queued = (__u32)sk->sk_wmem_queued;

	if (!c->started) {
		c->start_seq = next;
		c->started = 1;
	}
	/* Redirected bytes wait in a queue of the map before TCP takes them. */
	__u32 more = c->start_seq + (__u32)c->redirected + (__u32)c->relayed - next + len;
	__u32 unsent = next - tp->snd_nxt;

	return queued + more + more / 8 <= sndbuf && unsent + more <= unsent_bytes;
}

static __always_inline bool peer_has_room(struct skw_conduit *c, __u32 peer, __u32 len)
{
	struct bpf_sock *sk = bpf_map_lookup_elem(&tx, &peer);
	bool room = false;

	if (!sk)
		return false;
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	if (tp)
		room = has_room(c, tp, len);
	bpf_sk_release(sk);
	return room;
}

/* The kernel runs this for one portion of a socket at a time: it holds the socket's lock. */
SEC("sk_skb")
int skw_verdict(struct __sk_buff *skb)
{
	__u64 cookie = bpf_get_socket_cookie(skb);
	__u32 len = skb->len;

	/* A FIN that comes alone: to redirect it would send an empty message. */
	if (!len)
		return SK_DROP;
	__u32 *number = bpf_map_lookup_elem(&ends, &cookie);
	struct skw_conduit *c = number ? bpf_map_lookup_elem(&conduits, number) : NULL;
	if (!c)
		return SK_PASS;
	__u32 peer = *number ^ 1;
	if (*(volatile __u64 *)&c->relayed == *(volatile __u64 *)&c->passed &&
	    peer_has_room(c, peer, len) && bpf_sk_redirect_hash(skb, &tx, &peer, 0) == SK_PASS) {
		__sync_fetch_and_add(&c->redirected, len);
		return SK_PASS;
	}
	__sync_fetch_and_add(&c->passed, len);
	return SK_PASS;
}
