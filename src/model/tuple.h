/* SPDX-License-Identifier: BSD-2-Clause */
/* The two ends of a connection, or of one packet. No logic. */
#ifndef SKW_MODEL_TUPLE_H
#define SKW_MODEL_TUPLE_H

#include <stdint.h>

/*
 * Two tuples are the same if their bytes are: what is not used is 0. Addresses are in network
 * order, an IPv4 address in the first four bytes; ports are in host order, and 0 for protocols
 * without ports. Of a packet, the local end is the source and the remote end the destination.
 */
struct skw_tuple {
	uint8_t local_addr[16], remote_addr[16];
	uint16_t local_port, remote_port;
	uint8_t family; /* AF_INET, AF_INET6 */
	uint8_t proto;  /* IPPROTO_* of netinet/in.h */
	uint8_t reserved[2];
};

_Static_assert(sizeof(struct skw_tuple) == 40, "a tuple has no padding");

#endif
