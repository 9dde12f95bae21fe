// SPDX-License-Identifier: BSD-2-Clause
/* Link types of single systems that carry IP: Solaris's IPNET, and IP over InfiniBand. */
#include "dissect/link/types.h"

#include "dissect/link/eth.h"
#include "dissect/link/ethertype.h"
#include "dissect/text.h"
#include "util/bytes.h"

enum { IPNET = 24, IPNET_IPV4 = 2, IPNET_IPV6 = 26, IPOIB = 44 };

static void print_ipnet_header(struct skw_dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t family = p[1];
	const char *name = family == IPNET_IPV4 ? "IPv4" : family == IPNET_IPV6 ? "IPv6" : NULL;

	skw_buf_add_uint(d->out, skw_bytes_be32(p + 16));
	skw_text_field(d->out, " > ", skw_bytes_be32(p + 20));
	if (!d->opt->quiet) {
		skw_buf_add_str(d->out, ", family ");
		skw_buf_add_str(d->out, name ? name : "Unknown");
		skw_text_field(d->out, " (", family);
		skw_buf_add_char(d->out, ')');
	} else if (name) {
		skw_buf_add(d->out, ", ", 2);
		skw_buf_add_str(d->out, name);
	} else {
		skw_buf_add_str(d->out, ", Unknown Ethertype (0x");
		skw_text_hex(d->out, family, 4);
		skw_buf_add_char(d->out, ')');
	}
	skw_text_field(d->out, ", length ", len);
	skw_buf_add(d->out, ": ", 2);
}

/* Version, family, type of hook, length, two interfaces, two zones. */
uint32_t skw_dissect_ipnet(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, IPNET)) {
		skw_dissect_cut(d, "ipnet");
		return 0;
	}

	uint8_t family = b.p[1];
	bool known = family == IPNET_IPV4 || family == IPNET_IPV6;

	if (d->opt->link_header || !known)
		print_ipnet_header(d, b.p, b.len);
	b = skw_bytes_skip(b, IPNET);
	if (known)
		skw_dissect_ethertype(d, family == IPNET_IPV4 ? SKW_ETHER_IPV4 : SKW_ETHER_IPV6, b);
	else
		skw_dissect_unknown(d, b);
	return IPNET;
}

static void print_ipoib_type(struct skw_dissect *d, uint16_t type, uint32_t len)
{
	const char *name = skw_ethertype_name(type);

	skw_buf_add_str(d->out, ", ethertype ");
	skw_buf_add_str(d->out, name ? name : "Unknown");
	if (!d->opt->quiet) {
		skw_buf_add_str(d->out, " (0x");
		skw_text_hex(d->out, type, 4);
		skw_buf_add_char(d->out, ')');
	}
	skw_text_field(d->out, ", length ", len);
	skw_buf_add(d->out, ": ", 2);
}

/* Headers of InfiniBand, and an ethertype with two bytes of padding. */
uint32_t skw_dissect_ipoib(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, IPOIB)) {
		skw_dissect_cut(d, "ipoib");
		return b.caplen;
	}

	uint16_t type = skw_bytes_be16(b.p + 40);
	uint32_t len = b.len;

	if (d->opt->link_header) {
		skw_buf_add_str(d->out, "IPOIB");
		print_ipoib_type(d, type, len);
	}
	b = skw_bytes_skip(b, IPOIB);
	if (!skw_dissect_ethertype(d, type, b)) {
		if (!d->opt->link_header)
			print_ipoib_type(d, type, len);
		skw_dissect_unknown(d, b);
	}
	return IPOIB;
}
