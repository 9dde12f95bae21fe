/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A classic BPF filter as a socket_filter program: count the packet, decide,
 * and on a match go on to the capture program by a tail call. Pure: makes
 * instructions, loads nothing.
 *
 * The meaning of each classic instruction is that of the kernel's
 * bpf_convert_filter() and bpf_check_classic() (net/core/filter.c), with one
 * addition: a word of M[] that is read before it was written is 0, where the
 * kernel refuses the program.
 */
#ifndef SKW_FILTER_TRANSLATE_H
#define SKW_FILTER_TRANSLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/cbpf.h"
#include "model/packet.h"
#include "model/skb_access.h"

/* Of linux/bpf.h; don't include this header together with pcap.h, which has another one. */
struct bpf_insn;

/* What is put around the expression. */
struct skw_filter_frame {
	int counters_fd;   /* per-CPU array of struct skw_packet_counters; -1: count nothing */
	int next_fd;       /* PROG_ARRAY whose slot 0 takes the matches; -1: a match returns 1 */
	uint32_t slot;     /* key in the counters, handed on in skb->cb[SKW_CB_SLOT] */
	bool slot_from_cb; /* a dispatcher has set skb->cb[SKW_CB_SLOT]: take the slot from there */
	enum skw_direction direction;        /* SKW_DIR_UNKNOWN: both; others count as rejected */
	const struct skw_skb_access *access; /* lent; NULL: each load is a call */
	uint32_t lo_ifindex; /* its outgoing copies are neither counted nor kept; 0: no such one */
};

/*
 * On success *insns is the program, to be freed by the caller, of *len
 * instructions. A match returns 0 if the tail call fails, a rejected packet
 * always returns 0.
 *
 * With `access` it makes a program that the kernel may refuse to load (it takes CAP_PERFMON and
 * a compiler that knows kernel functions): then translate once more without.
 *
 * -EINVAL: the kernel's check would refuse the classic program.
 * -EOPNOTSUPP: it has a loop (`protochain`) or asks for what a socket_filter program can't see (the
 *	device's hardware type, the payload offset, netlink attributes); -E2BIG: too long to be
 *	jumped across. Both may still be run in user space.
 * -ENOMEM.
 */
int skw_filter_translate(const struct skw_cbpf *prog, const struct skw_filter_frame *frame,
			 struct bpf_insn **insns, size_t *len);

#endif
