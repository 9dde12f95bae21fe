/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translates a classic BPF filter to a socket_filter program. The program counts
 * the packet, decides, and tail-calls the capture program on a match. This room is
 * pure: it makes instructions and loads nothing.
 *
 * Each classic instruction means what it means to the kernel's
 * bpf_convert_filter() and bpf_check_classic() (net/core/filter.c). There is one
 * addition: the kernel refuses a program that reads a word of M[] before it was
 * written, but here such a word is 0. Tests in sets (SKW_CBPF_IN) ask maps.
 */
#ifndef SKW_FILTER_TRANSLATE_H
#define SKW_FILTER_TRANSLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/cbpf.h"
#include "model/packet.h"
#include "model/skb_access.h"

/* The struct of linux/bpf.h. pcap.h declares another one, so include only one of the two. */
struct bpf_insn;

/* Describes the instructions before and after the expression. */
struct skw_filter_frame {
	/* Array with all struct skw_packet_counters in one value; -1: packets are not counted. */
	int counters_fd;
	/* PROG_ARRAY whose slot 0 is tail-called on a match; -1: a match returns 1. */
	int next_fd;
	/* Key in the counters. It is passed on in skb->cb[SKW_CB_SLOT]. */
	uint32_t slot;
	/* A dispatcher has set skb->cb[SKW_CB_SLOT], so the slot is taken from there. */
	bool slot_from_cb;
	uint32_t slots; /* how many there are, for slot_from_cb */
	/* The number of possible CPUs: the counters of a slot are at slot * cpus + CPU. */
	uint32_t cpus;
	/* SKW_DIR_UNKNOWN: both. Packets of the other direction count as rejected. */
	enum skw_direction direction;
	/* Borrowed; NULL: each load is a call. */
	const struct skw_skb_access *access;
	/* The maps of the program's sets. NULL: 0 stands for each. */
	const int *set_fds;
	/* The loopback device: its outgoing packets are neither counted nor kept. 0: none. */
	uint32_t lo_ifindex;
};

/*
 * On success *insns is the program, with *len instructions. The caller must free()
 * it. The program returns 0 for a rejected packet, and also for a match if the tail
 * call fails.
 *
 * With frame->access the kernel may refuse to load the program, because that needs
 * CAP_PERFMON and a JIT compiler that knows kernel functions. The caller should then
 * translate again without it.
 *
 * Returns 0 or:
 * -EINVAL: the kernel's check would refuse the classic program.
 * -EOPNOTSUPP: the program has a loop (`protochain`), or it asks for something that a
 *	socket_filter program can't see: the device's hardware type, the payload offset,
 *	netlink attributes. It can be run in user space.
 * -E2BIG: a jump is too long. The program can be run in user space.
 * -ENOMEM.
 */
int skw_filter_translate(const struct skw_cbpf *prog, const struct skw_filter_frame *frame,
			 struct bpf_insn **insns, size_t *len);

#endif
