// SPDX-License-Identifier: BSD-2-Clause
#include "flow/extensions.h"

#include <errno.h>

#define HEADERS_MAX 256 /* of eight bytes each, there are 182 in an Ethernet frame */
#define HEADER_MIN  8   /* each kind is at least as long as that */
#define OFFSET_MASK 0xfff8
#define MORE        0x0001

/* The second byte counts units of eight bytes behind the first eight, or as AH has it. */
static uint32_t header_len(uint8_t proto, const uint8_t *p)
{
	if (proto == IPPROTO_FRAGMENT)
		return 8;
	if (proto == IPPROTO_AH)
		return (p[1] + 2u) * 4;
	return (p[1] + 1u) * 8;
}

/* A fragment header may say that the datagram is in one piece (RFC 6946). */
static void read_fragment(const uint8_t *p, struct skw_flow_extensions *x)
{
	uint16_t field = skw_bytes_be16(p + 2);

	x->fragment_id = skw_bytes_be32(p + 4);
	x->fragment_offset = field & OFFSET_MASK;
	if (x->fragment_offset)
		x->fragment = SKW_FLOW_LATER;
	else if (field & MORE)
		x->fragment = SKW_FLOW_FIRST;
}

int skw_flow_skip_extensions(struct skw_bytes b, unsigned version, uint8_t proto,
			     struct skw_flow_extensions *out)
{
	struct skw_flow_extensions x = { .proto = proto };

	for (unsigned n = 0; n < HEADERS_MAX; n++) {
		if (x.fragment == SKW_FLOW_LATER || !skw_flow_is_extension(version, x.proto)) {
			*out = x;
			return 0;
		}

		int ret = skw_bytes_need(b, x.len, HEADER_MIN);

		if (ret)
			return ret;

		const uint8_t *p = b.p + x.len;
		uint32_t len = header_len(x.proto, p);

		ret = skw_bytes_need(b, x.len, len);
		if (ret)
			return ret;
		if (x.proto == IPPROTO_FRAGMENT)
			read_fragment(p, &x);
		x.proto = p[0];
		x.len += len;
	}
	return -EBADMSG;
}
