/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A classic BPF program, in the layout of struct sock_filter (linux/filter.h) and of libpcap's
 * struct bpf_insn. It has its own type because pcap.h and linux/bpf.h both define struct bpf_insn,
 * so they can't be included together.
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
	struct skw_cbpf_insn *insns; /* the owner of the struct frees it */
	size_t len;
};

#endif
