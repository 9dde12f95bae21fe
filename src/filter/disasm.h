/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Generated eBPF as text, in the kernel verifier's way of writing: w0 is the
 * lower half of r0, a jump names the instruction it goes to. Knows what
 * skw_filter_translate() makes and prints any other code as numbers.
 */
#ifndef SKW_FILTER_DISASM_H
#define SKW_FILTER_DISASM_H

#include <stddef.h>

#include "util/buf.h"

struct bpf_insn; /* linux/bpf.h */

/* Appends one line per instruction; a 64-bit constant takes two numbers and one line. */
void skw_disasm(const struct bpf_insn *insns, size_t len, struct skw_buf *out);

#endif
