/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the running kernel lets a socket filter read a packet's bytes in place,
 * without a helper call for each: through the kernel's own struct sk_buff. The
 * numbers are types and functions of its BTF, and differ from boot to boot.
 */
#ifndef SKW_MODEL_SKB_ACCESS_H
#define SKW_MODEL_SKB_ACCESS_H

#include <stdint.h>

struct skw_skb_access {
	int32_t cast_ctx;            /* function bpf_cast_to_kern_ctx */
	int32_t cast_rdonly;         /* function bpf_rdonly_cast */
	int32_t byte, half, word;    /* structs whose first member is one, of 1, 2, 4 bytes */
	int16_t data, len, data_len; /* offsets in struct sk_buff */
};

#endif
