/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The counts of sockets of UDP: udp.bpf.c counts, and the sweep in conn.bpf.c reads. */
#ifndef SKW_UDP_BPF_H
#define SKW_UDP_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "abi/conn.h"

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct skw_udp_storage);
} udp_counts SEC(".maps");

/*
 * Fills in what was counted. The time of opening tells the reader that nothing is missing, so it is
 * left out of a socket that is older than the counting, which began at `since_ns`.
 */
static __always_inline void row_counts(struct skw_conn_rec *rec, const struct skw_udp_storage *own,
				       __u64 since_ns)
{
	rec->bytes_acked = own->bytes_out;
	rec->bytes_received = own->bytes_in;
	rec->packets_out = own->packets_out;
	rec->packets_in = own->packets_in;
	rec->quic = own->quic;
	if (own->opened_ns >= since_ns)
		rec->opened_ns = own->opened_ns;
}

#endif
