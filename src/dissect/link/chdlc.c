// SPDX-License-Identifier: BSD-2-Clause
/* Cisco's HDLC, with its keep-alive protocol SLARP. */
#include "dissect/link/types.h"

#include "dissect/hexdata.h"
#include "dissect/link/ethertype.h"
#include "dissect/text.h"
#include "util/bytes.h"

enum {
	HEADER = 4,
	UNICAST = 0x0f,
	BROADCAST = 0x8f,
	TYPE_SLARP = 0x8035,
	TYPE_ISO = 0xfefe,
	SLARP_MIN = 14,
	SLARP_MAX = 18,
};

static void print_uptime(struct skw_dissect *d, uint32_t ms)
{
	uint32_t sec = ms / 1000;

	skw_text_field(d->out, ", link uptime=", sec / 86400);
	skw_text_field(d->out, "d", sec / 3600 % 24);
	skw_text_field(d->out, "h", sec / 60 % 60);
	skw_text_field(d->out, "m", sec % 60);
	skw_buf_add_char(d->out, 's');
}

static void print_keepalive(struct skw_dissect *d, struct skw_bytes b)
{
	skw_buf_add_str(d->out, "keepalive: mineseen=0x");
	skw_text_hex(d->out, skw_bytes_be32(b.p + 4), 8);
	skw_buf_add_str(d->out, ", yourseen=0x");
	skw_text_hex(d->out, skw_bytes_be32(b.p + 8), 8);
	skw_buf_add_str(d->out, ", reliability=0x");
	skw_text_hex(d->out, skw_bytes_be16(b.p + 12), 4);
	/* Not every sender tells how long the link has been up. */
	if (b.len < SLARP_MAX)
		return;
	if (skw_bytes_has(b, SLARP_MIN, 4))
		print_uptime(d, skw_bytes_be32(b.p + SLARP_MIN));
	else
		skw_dissect_cut(d, "chdlc_slarp");
}

static void print_slarp(struct skw_dissect *d, struct skw_bytes b)
{
	skw_text_field(d->out, "SLARP (length: ", b.len);
	skw_buf_add_str(d->out, "), ");
	if (!skw_bytes_has(b, 0, SLARP_MIN)) {
		skw_dissect_cut(d, "chdlc_slarp");
		return;
	}

	uint32_t code = skw_bytes_be32(b.p);
	struct skw_bytes rest = skw_bytes_skip(b, 4);

	if (code == 0) {
		skw_buf_add_str(d->out, "request");
	} else if (code == 1) {
		skw_buf_add_str(d->out, "reply ");
		skw_text_ipv4(d->out, b.p + 4);
		skw_buf_add_char(d->out, '/');
		skw_text_ipv4(d->out, b.p + 8);
	} else if (code == 2) {
		print_keepalive(d, b);
	} else {
		skw_buf_add_str(d->out, "0x");
		skw_text_hex(d->out, code, 2);
		skw_buf_add_str(d->out, " unknown");
		if (d->opt->verbose <= 1)
			skw_dissect_hexdata(d, rest, rest.len, "\n\t");
	}
	if (d->cut)
		return;
	if (b.len > SLARP_MAX && d->opt->verbose) {
		skw_text_field(d->out, ", (trailing junk: ", b.len - SLARP_MAX);
		skw_buf_add_str(d->out, " bytes)");
	}
	if (d->opt->verbose > 1)
		skw_dissect_hexdata(d, rest, rest.len, "\n\t");
}

static void print_header(struct skw_dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t type = skw_bytes_be16(p + 2);
	const char *name = skw_ethertype_name(type);

	if (p[0] == UNICAST || p[0] == BROADCAST) {
		skw_buf_add_str(d->out, p[0] == UNICAST ? "unicast" : "bcast");
	} else {
		skw_buf_add_str(d->out, "0x");
		skw_text_hex(d->out, p[0], 2);
	}
	skw_buf_add_str(d->out, ", ethertype ");
	skw_buf_add_str(d->out, name ? name : "Unknown");
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, type, 4);
	skw_text_field(d->out, "), length ", len);
	skw_buf_add(d->out, ": ", 2);
}

uint32_t skw_dissect_chdlc(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, HEADER)) {
		skw_dissect_cut(d, "chdlc");
		return b.caplen;
	}

	uint16_t type = skw_bytes_be16(b.p + 2);

	if (d->opt->link_header)
		print_header(d, b.p, b.len);
	b = skw_bytes_skip(b, HEADER);
	switch (type) {
	case SKW_ETHER_IPV4:
		skw_dissect_ipv4(d, b);
		break;
	case SKW_ETHER_IPV6:
		skw_dissect_ipv6(d, b);
		break;
	case SKW_ETHER_MPLS:
	case SKW_ETHER_MPLS_MULTICAST:
		skw_dissect_mpls(d, b);
		break;
	case TYPE_SLARP:
		print_slarp(d, b);
		break;
	case TYPE_ISO:
		skw_dissect_name(d, "OSI", b.len);
		break;
	default:
		if (!d->opt->link_header) {
			skw_buf_add_str(d->out, "unknown CHDLC protocol (0x");
			skw_text_hex(d->out, type, 4);
			skw_buf_add_char(d->out, ')');
		}
	}
	return HEADER;
}
