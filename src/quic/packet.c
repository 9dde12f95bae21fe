// SPDX-License-Identifier: BSD-2-Clause
#include "quic/packet.h"

#include "abi/quic.h"

enum {
	LONG = 0x80,
	TYPE_SHIFT = 4,
	ID_MAX = 20, /* RFC 9000, section 17.2 */
};

bool skw_quic_packet_number(struct skw_bytes *b, uint64_t *n)
{
	uint32_t len;

	if (!skw_bytes_has(*b, 0, 1))
		return false;
	len = 1U << (b->p[0] >> 6);
	if (!skw_bytes_has(*b, 0, len))
		return false;
	*n = b->p[0] & 0x3f;
	for (uint32_t i = 1; i < len; i++)
		*n = *n << 8 | b->p[i];
	*b = skw_bytes_skip(*b, len);
	return true;
}

static bool take_id(struct skw_bytes *b, bool known, struct skw_bytes *id)
{
	uint32_t len;

	if (!skw_bytes_has(*b, 0, 1))
		return false;
	len = b->p[0];
	*b = skw_bytes_skip(*b, 1);
	if ((known && len > ID_MAX) || !skw_bytes_has(*b, 0, len))
		return false;
	*id = skw_bytes_first(*b, len);
	*b = skw_bytes_skip(*b, len);
	return true;
}

static enum skw_quic_kind kind_of(uint8_t first, uint32_t version)
{
	static const enum skw_quic_kind kinds[] = { SKW_QUIC_INITIAL, SKW_QUIC_ZERO_RTT,
						    SKW_QUIC_HANDSHAKE, SKW_QUIC_RETRY };
	unsigned type = first >> TYPE_SHIFT & 3;

	if (!version)
		return SKW_QUIC_NEGOTIATION;
	if (!SKW_QUIC_IS_KNOWN(version))
		return SKW_QUIC_UNKNOWN;
	/* RFC 9369, section 3.2: each type has the next number. */
	return kinds[version == SKW_QUIC_V2 ? (type + 3) & 3 : type];
}

/* The rest of a long header, up to the packet number. *rest is what follows both IDs. */
static bool find_end(struct skw_bytes *datagram, struct skw_bytes rest, struct skw_quic_packet *p)
{
	uint64_t len = 0;

	p->whole = *datagram;
	if (p->kind != SKW_QUIC_INITIAL && p->kind != SKW_QUIC_ZERO_RTT &&
	    p->kind != SKW_QUIC_HANDSHAKE) {
		*datagram = skw_bytes_skip(*datagram, datagram->len);
		return true;
	}
	if (p->kind == SKW_QUIC_INITIAL) {
		if (!skw_quic_packet_number(&rest, &len) || len > rest.len)
			return false;
		rest = skw_bytes_skip(rest, (uint32_t)len); /* the token */
	}
	if (!skw_quic_packet_number(&rest, &len) || len > rest.len)
		return false;
	p->number_at = datagram->len - rest.len;
	p->whole = skw_bytes_first(*datagram, p->number_at + (uint32_t)len);
	*datagram = skw_bytes_skip(*datagram, p->number_at + (uint32_t)len);
	return true;
}

bool skw_quic_packet_next(struct skw_bytes *datagram, struct skw_quic_packet *p)
{
	struct skw_bytes b = *datagram;

	*p = (struct skw_quic_packet){ .kind = SKW_QUIC_SHORT, .whole = b };
	if (!skw_bytes_has(b, 0, 1))
		return false;
	if (!(b.p[0] & LONG)) {
		/* It ends with the datagram. */
		*datagram = skw_bytes_skip(b, b.len);
		return true;
	}
	if (!skw_bytes_has(b, 0, 5))
		return false;
	p->version = skw_bytes_be32(b.p + 1);
	p->kind = kind_of(b.p[0], p->version);
	b = skw_bytes_skip(b, 5);

	bool known = p->kind != SKW_QUIC_NEGOTIATION && p->kind != SKW_QUIC_UNKNOWN;

	return take_id(&b, known, &p->dcid) && take_id(&b, known, &p->scid) &&
	       find_end(datagram, b, p);
}
