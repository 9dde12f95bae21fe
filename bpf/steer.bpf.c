// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Chooses the socket for a new connection or a datagram by its destination. The kernel runs this
 * before it looks for a listener. A packet that can't be steered goes on as without this program.
 */
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "abi/steer.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define NS_PER_S 1000000000ULL

const volatile __u32 events_per_s = 0; /* 0: none */

enum { SK_PASS = 1 };
enum { AF_INET = 2 };

/* The errno that bpf_sk_assign() has where another program has chosen a socket. */
#define EEXIST 17

/* User ABI: include/uapi/linux/bpf.h. The kernel rewrites the loads. */
struct bpf_sk_lookup {
	__u64 cookie;
	__u32 family;
	__u32 protocol;
	__u32 remote_ip4;
	__u32 remote_ip6[4];
	__be16 remote_port;
	__u16 : 16;
	__u32 local_ip4;
	__u32 local_ip6[4];
	__u32 local_port; /* host order */
	__u32 ingress_ifindex;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SKW_STEER_KEYS_MAX);
	__type(key, struct skw_steer_key);
	__type(value, __u32);
} rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, SKW_STEER_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, SKW_STEER_RULES_MAX);
	__type(key, __u32);
	__type(value, struct skw_steer_entry);
} entries SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct skw_steer_figures);
} figures SEC(".maps");

/* No program reads this. It is pinned beside the others. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct skw_steer_server);
} server SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* made larger before loading if events are wanted */
} ring SEC(".maps");

/* Whether one more event may be told in this second. Two CPUs may both begin a new one. */
static __always_inline bool may_tell(struct skw_steer_figures *f, __u64 now)
{
	if (now - f->since >= NS_PER_S) {
		f->since = now;
		f->told = 0;
	}
	if (f->told >= events_per_s)
		return false;
	__sync_fetch_and_add(&f->told, 1);
	return true;
}

static __always_inline void tell(const struct bpf_sk_lookup *ctx, const struct skw_steer_key *key,
				 struct skw_steer_figures *f, __u32 rule)
{
	struct skw_steer_rec *rec = NULL;

	if (may_tell(f, bpf_ktime_get_ns()))
		rec = bpf_ringbuf_reserve(&ring, sizeof(*rec), 0);
	if (!rec) {
		__sync_fetch_and_add(&f->lost, 1);
		return;
	}
	/* The reader's order takes a clock that is read behind the reservation. */
	rec->ts_ns = bpf_ktime_get_ns();
	rec->rule = rule;
	rec->local_port = (__u16)ctx->local_port;
	rec->remote_port = bpf_ntohs(ctx->remote_port);
	rec->family = key->family;
	rec->proto = key->proto;
	__builtin_memcpy(rec->local, key->addr, sizeof(rec->local));
	__u32 *to = (__u32 *)rec->remote;
	if (key->family == AF_INET) {
		to[0] = ctx->remote_ip4;
		to[1] = to[2] = to[3] = 0;
	} else {
		to[0] = ctx->remote_ip6[0];
		to[1] = ctx->remote_ip6[1];
		to[2] = ctx->remote_ip6[2];
		to[3] = ctx->remote_ip6[3];
	}
	bpf_ringbuf_submit(rec, 0);
}

/* The number of the rule for this destination, or NULL. */
static __always_inline const __u32 *rule_of(const struct bpf_sk_lookup *ctx,
					    struct skw_steer_key *key)
{
	__u32 *addr = (__u32 *)key->addr;

	if (key->family == AF_INET) {
		addr[0] = ctx->local_ip4;
	} else {
		addr[0] = ctx->local_ip6[0];
		addr[1] = ctx->local_ip6[1];
		addr[2] = ctx->local_ip6[2];
		addr[3] = ctx->local_ip6[3];
	}
	const __u32 *rule = bpf_map_lookup_elem(&rules, key);
	if (rule)
		return rule;
	key->port = 0;
	return bpf_map_lookup_elem(&rules, key);
}

SEC("sk_lookup")
int skw_steer(struct bpf_sk_lookup *ctx)
{
	struct skw_steer_key key = { .bits = SKW_STEER_KEY_BITS,
				     .proto = (__u8)ctx->protocol,
				     .port = bpf_htons((__u16)ctx->local_port),
				     .family = (__u8)ctx->family };
	const __u32 *rule = rule_of(ctx, &key);
	const __u32 zero = 0;

	if (!rule)
		return SK_PASS;
	__u32 number = *rule;
	__u32 slot = key.family == AF_INET ? SKW_STEER_SLOT4 : SKW_STEER_SLOT6;
	struct skw_steer_entry *entry = bpf_map_lookup_elem(&entries, &number);
	struct skw_steer_figures *f = bpf_map_lookup_elem(&figures, &zero);

	if (!entry || !f)
		return SK_PASS;
	struct bpf_sock *sk = bpf_map_lookup_elem(&sockets, &slot);
	if (!sk) {
		__sync_fetch_and_add(&entry->missed, 1);
		return SK_PASS;
	}
	long ret = bpf_sk_assign(ctx, sk, 0);

	bpf_sk_release(sk);
	if (ret) {
		__sync_fetch_and_add(ret == -EEXIST ? &f->taken : &f->failed, 1);
		return SK_PASS;
	}
	__sync_fetch_and_add(&entry->steered, 1);
	if (events_per_s)
		tell(ctx, &key, f, number);
	return SK_PASS;
}
