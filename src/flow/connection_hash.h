/* SPDX-License-Identifier: BSD-2-Clause */
/* A number for a connection, the same for both directions of its packets and for its socket. */
#ifndef SKW_FLOW_CONNECTION_HASH_H
#define SKW_FLOW_CONNECTION_HASH_H

#include <stdint.h>

#include "model/packet.h"
#include "model/tuple.h"

/* Never 0. A socket of IPv6 with IPv4-mapped addresses has the number of its packets of IPv4. */
uint64_t skw_connection_hash(const struct skw_tuple *tuple);

/*
 * The same of a packet; of an ICMP error, that of the packet it quotes. 0: it has no ports. If the
 * packet has its number already, it is not taken apart.
 */
uint64_t skw_connection_hash_of_packet(const struct skw_packet *pkt);

#endif
