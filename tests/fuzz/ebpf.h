/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interpreter for the eBPF that src/filter generates, and no more. It is
 * as strict as the kernel's verifier about what was never written, about
 * pointers and about the stack, on the path that it takes.
 */
#ifndef SKW_TESTS_FUZZ_EBPF_H
#define SKW_TESTS_FUZZ_EBPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/packet.h"
#include "model/skb_access.h"

struct ebpf_run {
	/* What the program is given. */
	const uint8_t *packet;
	uint32_t len;
	uint32_t linear;      /* how much of it is in one piece, for who reads it in place */
	struct __sk_buff skb; /* cb[] may be written; len is set from above */
	struct skw_packet_counters counters; /* what a look-up finds ... */
	uint32_t slots;                      /* ... if the key is below this */

	/* What it did. */
	uint32_t verdict;
	uint32_t key;     /* of its look-up */
	bool tail_called; /* the end of it: nothing after a tail call runs */
	/* It came by a place where the kernel and libpcap's interpreter differ by definition. */
	bool kernel_only;
};

/* Numbers that stand for the kernel's, for programs that read packets in place. */
extern const struct skw_skb_access ebpf_access;

/* -EFAULT: the verifier would not have let this run. */
int ebpf_interpret(const struct bpf_insn *insns, size_t len, struct ebpf_run *run);

/* What the verifier asks of all instructions: jumps that land on one, and none that nothing leads
 * to. */
bool ebpf_is_connected(const struct bpf_insn *insns, size_t len);

#endif
