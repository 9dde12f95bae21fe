/* SPDX-License-Identifier: BSD-2-Clause */
/* The two ends of a connection or of a packet. No logic. */
#ifndef SKW_MODEL_TUPLE_H
#define SKW_MODEL_TUPLE_H

#include <stdint.h>

/*
 * In the tuple of a socket, local is this host's end. In the tuple of a packet, local is the source
 * and remote is the destination.
 *
 * Addresses are in network order: an IPv4 address is the first four bytes, and the others are 0.
 * Ports are in host order; 0: there is none. There is no padding, so tuples can be compared and
 * hashed as bytes.
 */
struct skw_tuple {
	uint8_t local_addr[16];
	uint8_t remote_addr[16];
	uint16_t local_port;
	uint16_t remote_port;
	uint8_t family; /* AF_INET, AF_INET6 */
	uint8_t proto;  /* IPPROTO_* of netinet/in.h */
};

_Static_assert(sizeof(struct skw_tuple) == 38, "a tuple has no padding");

#endif
