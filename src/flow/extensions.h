/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The headers between an IP header and its payload: IPv6's extension headers (RFC 8200 section 4)
 * and, in both versions, the authentication header (RFC 4302).
 */
#ifndef SKW_FLOW_EXTENSIONS_H
#define SKW_FLOW_EXTENSIONS_H

#include <netinet/in.h>
#include <stdbool.h>

#include "util/bytes.h"

/* A datagram in one piece; the first of its pieces, which has the ports; another piece. */
enum skw_flow_fragment { SKW_FLOW_WHOLE, SKW_FLOW_FIRST, SKW_FLOW_LATER };

struct skw_flow_extensions {
	uint32_t len;             /* of all these headers together */
	uint32_t fragment_id;     /* 0 if there is no fragment header */
	uint16_t fragment_offset; /* bytes; of a later fragment */
	uint8_t fragment;         /* enum skw_flow_fragment */
	uint8_t proto;            /* of what follows them */
};

/* Most packets have none, and need no walk. */
static inline bool skw_flow_is_extension(unsigned version, uint8_t proto)
{
	switch (proto) {
	case IPPROTO_AH:
		return true;
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_FRAGMENT:
	case IPPROTO_DSTOPTS:
		return version == 6;
	default:
		return false;
	}
}

/*
 * Walks over the headers at the start of b, which is what follows an IP header of version 4 or 6
 * that says `proto`. The walk ends behind the header of a later fragment, as what follows is data.
 *
 * -ENODATA: a header was not captured as a whole. -EBADMSG: a header is longer than the packet, or
 * there are more headers than an Ethernet frame has room for. `out` is set only on success.
 */
int skw_flow_skip_extensions(struct skw_bytes b, unsigned version, uint8_t proto,
			     struct skw_flow_extensions *out);

#endif
