/* SPDX-License-Identifier: BSD-2-Clause */
/* The two ends of a connection or of a packet. No logic. */
#ifndef SKW_MODEL_TUPLE_H
#define SKW_MODEL_TUPLE_H

#include <stdint.h>

/*
 * Two tuples are the same if all of their bytes are, so unused bytes must be 0. Addresses are in
 * network order, an IPv4 address in the first four bytes. Ports are in host order, and 0 for
 * protocols without ports. For a packet, the local end is the source and the remote end is the
 * destination.
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
