/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints generated eBPF as text, in the notation of the kernel's verifier: w0 is
 * the lower half of r0, and a jump names the instruction that it goes to. It knows
 * the instructions that skw_filter_translate() makes and prints others as numbers.
 */
#ifndef SKW_FILTER_DISASM_H
#define SKW_FILTER_DISASM_H

#include <stddef.h>

#include "util/buf.h"

struct bpf_insn; /* linux/bpf.h */

/* Appends one line per instruction; a 64-bit constant takes two numbers and one line. */
void skw_disasm(const struct bpf_insn *insns, size_t len, struct skw_buf *out);

#endif
