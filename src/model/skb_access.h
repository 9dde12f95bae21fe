/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells how a socket filter on the running kernel can read a packet's bytes in place, without a
 * helper call for each load: through the kernel's own struct sk_buff. The numbers are BTF ids and
 * offsets of this kernel, and differ from boot to boot.
 */
#ifndef SKW_MODEL_SKB_ACCESS_H
#define SKW_MODEL_SKB_ACCESS_H

#include <stdint.h>

struct skw_skb_access {
	int32_t cast_ctx;    /* BTF id of bpf_cast_to_kern_ctx() */
	int32_t cast_rdonly; /* BTF id of bpf_rdonly_cast() */
	int32_t bytes;       /* BTF id of a struct whose first member is an array of bytes */
	uint32_t bytes_len;  /* of that array */
	int16_t data, len, data_len; /* offsets in struct sk_buff */
};

#endif
