/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The packets of QUIC in a datagram, as far as their headers can be read without keys (RFC 8999,
 * RFC 9000 section 17, RFC 9369).
 */
#ifndef SKW_QUIC_PACKET_H
#define SKW_QUIC_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "util/bytes.h"

enum skw_quic_kind {
	SKW_QUIC_INITIAL,
	SKW_QUIC_ZERO_RTT,
	SKW_QUIC_HANDSHAKE,
	SKW_QUIC_RETRY,
	SKW_QUIC_NEGOTIATION, /* of versions */
	SKW_QUIC_UNKNOWN,     /* a long header of a version that is not known */
	SKW_QUIC_SHORT,       /* all that follows the handshake */
};

struct skw_quic_packet {
	enum skw_quic_kind kind;
	uint32_t version;            /* of a long header */
	struct skw_bytes dcid, scid; /* of a long header; borrowed */
	struct skw_bytes whole;      /* from the first byte to the end of the packet; borrowed */
	uint32_t number_at;          /* of Initial: where the protected packet number begins */
};

/*
 * Takes the first packet off a datagram. False: there is none. A packet that was cut by the capture
 * is the last one, and its whole.caplen is less than whole.len.
 */
bool skw_quic_packet_next(struct skw_bytes *datagram, struct skw_quic_packet *p);

/* Reads a variable-length integer (RFC 9000, section 16) and takes it off b. */
bool skw_quic_packet_number(struct skw_bytes *b, uint64_t *n);

#endif
