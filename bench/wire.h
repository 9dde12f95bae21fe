/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frames that generate makes and count looks for: Ethernet, IPv4, then UDP, or TCP in frames
 * that are segmented later (GSO), then this mark.
 */
#ifndef SKW_BENCH_WIRE_H
#define SKW_BENCH_WIRE_H

#include <stdint.h>

#define WIRE_ETH_LEN 14
#define WIRE_IP_LEN  20
#define WIRE_UDP_LEN 8
#define WIRE_TCP_LEN 20

#define WIRE_MAGIC   0x736b7762u /* "skwb" */

/* Host byte order: sender and reader are the same machine. */
struct wire_mark {
	uint64_t seq;   /* from 0 */
	uint64_t ts_ns; /* CLOCK_REALTIME, when the batch was handed to the kernel */
	uint32_t magic;
} __attribute__((packed));

_Static_assert(sizeof(struct wire_mark) == 20, "the mark fits a 64-byte frame");
_Static_assert(WIRE_ETH_LEN + WIRE_IP_LEN + WIRE_UDP_LEN + sizeof(struct wire_mark) <= 64, "size");

#endif
