/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A classic BPF program, in the layout of struct sock_filter (linux/filter.h)
 * and of libpcap's struct bpf_insn. Written once more because pcap.h and
 * linux/bpf.h both define struct bpf_insn and can't be included together.
 */
#ifndef SKW_MODEL_CBPF_H
#define SKW_MODEL_CBPF_H

#include <stddef.h>
#include <stdint.h>

struct skw_cbpf_insn {
	uint16_t code;
	uint8_t jt;
	uint8_t jf;
	uint32_t k;
};

struct skw_cbpf {
	struct skw_cbpf_insn *insns; /* owned by whoever owns the struct; free() */
	size_t len;
};

#endif
