/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The two ends of a connection on this host, as keys of maps. */
#ifndef SKW_BYPASS_BPF_H
#define SKW_BYPASS_BPF_H

#include "skw.bpf.h"

/*
 * An end of a connection. Connections of two namespaces can have equal addresses, so the cookie of
 * the namespace belongs to it; and a port can be used again, so the first sequence numbers do.
 */
struct end_key {
	__u32 local[4], remote[4]; /* IPv4: mapped */
	__u16 local_port, remote_port;
	__u32 local_seq, remote_seq; /* of the first byte */
	__u32 reserved;
	__u64 netns;
};

/* clang would join loads of the context into accesses that the verifier refuses. */
#define LOAD(field)                                                                                \
	({                                                                                         \
		__u32 value_ = *(volatile __u32 *)&(field);                                        \
                                                                                                   \
		asm volatile("" : "+r"(value_));                                                   \
		value_;                                                                            \
	})

static __always_inline void read_key(struct bpf_sock_ops *ctx, struct end_key *key)
{
	__builtin_memset(key, 0, sizeof(*key));
	if (ctx->family == AF_INET) {
		key->local[2] = key->remote[2] = __builtin_bswap32(0xffff);
		key->local[3] = LOAD(ctx->local_ip4);
		key->remote[3] = LOAD(ctx->remote_ip4);
	} else {
		key->local[0] = LOAD(ctx->local_ip6[0]);
		key->local[1] = LOAD(ctx->local_ip6[1]);
		key->local[2] = LOAD(ctx->local_ip6[2]);
		key->local[3] = LOAD(ctx->local_ip6[3]);
		key->remote[0] = LOAD(ctx->remote_ip6[0]);
		key->remote[1] = LOAD(ctx->remote_ip6[1]);
		key->remote[2] = LOAD(ctx->remote_ip6[2]);
		key->remote[3] = LOAD(ctx->remote_ip6[3]);
	}
	key->local_port = (__u16)LOAD(ctx->local_port);
	key->remote_port = (__u16)__builtin_bswap32(LOAD(ctx->remote_port));
	key->netns = bpf_get_netns_cookie(ctx);
}

/* The other end of the same connection. */
static __always_inline void turn(const struct end_key *key, struct end_key *out)
{
	for (int i = 0; i < 4; i++) {
		out->local[i] = key->remote[i];
		out->remote[i] = key->local[i];
	}
	out->local_port = key->remote_port;
	out->remote_port = key->local_port;
	out->local_seq = key->remote_seq;
	out->remote_seq = key->local_seq;
	out->reserved = 0;
	out->netns = key->netns;
}

static __always_inline bool is_mapped_loopback(const __u32 addr[4])
{
	return !(addr[0] | addr[1]) && addr[2] == __builtin_bswap32(0xffff) &&
	       (addr[3] & __builtin_bswap32(0xff000000)) == __builtin_bswap32(0x7f000000);
}

/*
 * Whether the other end can be in this network namespace: both have one address, or one out of
 * 127.0.0.0/8. Other connections cost nothing more than this.
 */
static __always_inline bool is_near(const struct end_key *key)
{
	if (key->local[0] == key->remote[0] && key->local[1] == key->remote[1] &&
	    key->local[2] == key->remote[2] && key->local[3] == key->remote[3])
		return true;
	return is_mapped_loopback(key->local) && is_mapped_loopback(key->remote);
}

#endif
