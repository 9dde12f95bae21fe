/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interpreter for the eBPF that src/filter generates, and nothing else. On the path that the
 * program takes, it is as strict as the kernel's verifier about uninitialized values, pointers and
 * the stack.
 */
#ifndef SKW_TESTS_FUZZ_EBPF_H
#define SKW_TESTS_FUZZ_EBPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/packet.h"
#include "model/skb_access.h"

/* The program runs on this CPU of as many. */
#define EBPF_CPU  1
#define EBPF_CPUS 4

struct ebpf_run {
	/* The input of the program. */
	const uint8_t *packet;
	uint32_t len;
	uint32_t linear;                     /* the first bytes, which can be read in place */
	struct __sk_buff skb;                /* cb[] can be written; `len` is taken from above */
	struct skw_packet_counters counters; /* stands for each counter in the value of the map */
	uint32_t slots;                      /* the number of counters there */
	bool counts; /* the program begins with a count, which asks for the CPU first */

	/* The results of the program. */
	uint32_t verdict;
	uint32_t key;     /* the place of the counter that it used last */
	bool tail_called; /* the program ended with a tail call */
	/*
	 * The program reached a place where the kernel and libpcap's interpreter differ by
	 * definition.
	 */
	bool kernel_only;
};

/* Numbers instead of those of the kernel, for programs that read packets in place. */
extern const struct skw_skb_access ebpf_access;

/* Runs the program. -EFAULT if the verifier would refuse it. */
int ebpf_interpret(const struct bpf_insn *insns, size_t len, struct ebpf_run *run);

/*
 * Whether all jumps lead to an instruction and every instruction can be reached, which the verifier
 * requires.
 */
bool ebpf_is_connected(const struct bpf_insn *insns, size_t len);

#endif
