/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copies a frame out of a packet. */
#ifndef SKW_FRAME_BPF_H
#define SKW_FRAME_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "abi/packet.h"

/*
 * The verifier accepts the call only if both bounds were checked on the register that is passed.
 * The asm keeps the compiler from merging the checks or using another register.
 */
static __always_inline long frame_copy(struct __sk_buff *skb, void *to, __u64 len, __u64 room)
{
	asm volatile("" : "+r"(len));
	if ((__s64)len <= 0)
		return 0;
	asm volatile("" : "+r"(len));
	if (len > room)
		return -1;
	return bpf_skb_load_bytes(skb, 0, to, len);
}

/*
 * Puts the VLAN tag back: the MAC addresses move to the front, into the headroom, and the tag fills
 * the gap. Returns the record's flags.
 */
static __always_inline __u8 frame_tag(struct __sk_buff *skb, __u8 *frame, __u64 caplen)
{
	if (!skb->vlan_present || caplen < 12 || bpf_skb_load_bytes(skb, 0, frame, 12))
		return 0;
	*(__u16 *)(frame + 12) = skb->vlan_proto;
	*(__u16 *)(frame + 14) = __builtin_bswap16(skb->vlan_tci);
	return SKW_REC_TAGGED;
}

#endif
