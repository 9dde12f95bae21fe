/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes packets of link type RAW (an IP header comes first) around bytes that a TCP connection has
 * carried some other way. Checksums are right. Sources: RFC 791, 8200, 9293, 7323.
 */
#ifndef SKW_PCAP_RAW_TCP_H
#define SKW_PCAP_RAW_TCP_H

#include <stddef.h>
#include <stdint.h>

#include "model/tuple.h"

#define SKW_RAW_TCP_HEADERS_MAX 68    /* with the options of a SYN */
#define SKW_RAW_TCP_DATA_MAX    60000 /* as the length in an IP header has 16 bits */

/* The flags of a TCP header. */
#define SKW_RAW_TCP_FIN 0x01u
#define SKW_RAW_TCP_SYN 0x02u
#define SKW_RAW_TCP_PSH 0x08u
#define SKW_RAW_TCP_ACK 0x10u

struct skw_raw_tcp {
	struct skw_tuple tuple; /* of a packet */
	uint32_t seq, ack;
	uint8_t flags;
};

/*
 * Writes a packet with `len` bytes of data, at most SKW_RAW_TCP_DATA_MAX, to `out`, which has room
 * for them and for SKW_RAW_TCP_HEADERS_MAX more. Returns the length of the packet. A SYN has the
 * largest window scale.
 */
size_t skw_raw_tcp_make(const struct skw_raw_tcp *t, const void *data, size_t len, uint8_t *out);

#endif
