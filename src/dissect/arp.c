// SPDX-License-Identifier: BSD-2-Clause
/* Address Resolution Protocol, RFC 826, 903 and 2390. */
#include "dissect/dissect.h"

#include "dissect/link/ethertype.h"
#include "dissect/hexdump.h"
#include "dissect/text.h"
#include "util/bytes.h"

#define FIXED 8
#define ATM   19 /* RFC 2225: the lengths are in other places */
#define TRAIL 0x1000

enum { REQUEST = 1, REPLY, REV_REQUEST, REV_REPLY, INV_REQUEST = 8, INV_REPLY, NACK };

static const struct skw_text_name hardware[] = {
	{ 1, "Ethernet" },    { 6, "TokenRing" },   { 7, "ArcNet" },
	{ 15, "FrameRelay" }, { ATM, "ATM" },       { 23, "Strip" },
	{ 24, "IEEE 1394" },  { 32, "InfiniBand" }, { 0, NULL },
};

static const struct skw_text_name operations[] = {
	{ REQUEST, "Request" },
	{ REPLY, "Reply" },
	{ REV_REQUEST, "Reverse Request" },
	{ REV_REPLY, "Reverse Reply" },
	{ INV_REQUEST, "Inverse Request" },
	{ INV_REPLY, "Inverse Reply" },
	{ NACK, "NACK Reply" },
	{ 0, NULL },
};

/* The fixed part of the header, and the places of the four addresses. */
struct arp {
	uint16_t hardware, protocol, op;
	uint8_t hlen, plen;
	const uint8_t *sha, *spa, *tha, *tpa;
};

static void print_types(struct skw_dissect *d, const struct arp *a)
{
	const char *name = skw_text_name(hardware, a->hardware);

	if (name) {
		skw_buf_add_str(d->out, name);
	} else {
		skw_text_field(d->out, "Unknown Hardware (", a->hardware);
		skw_buf_add_char(d->out, ')');
	}
	skw_text_field(d->out, " (len ", a->hlen);
	skw_buf_add_str(d->out, "), ");
	name = skw_ethertype_name(a->protocol);
	if (name) {
		skw_buf_add_str(d->out, name);
	} else {
		skw_buf_add_str(d->out, "Unknown Protocol (0x");
		skw_text_hex(d->out, a->protocol, 4);
		skw_buf_add_char(d->out, ')');
	}
	skw_text_field(d->out, " (len ", a->plen);
	skw_buf_add_char(d->out, ')');
}

static void print_mac(struct skw_dissect *d, const struct arp *a, const uint8_t *p)
{
	if (a->hlen)
		skw_text_hex_colons(d->out, p, a->hlen);
	else
		skw_buf_add_str(d->out, "<empty>");
}

static void print_ip(struct skw_dissect *d, const struct arp *a, const uint8_t *p)
{
	if (a->protocol != SKW_ETHER_IPV4 && a->protocol != TRAIL)
		skw_buf_add_str(d->out, "<wrong proto type>");
	else if (a->plen != 4)
		skw_buf_add_str(d->out, "<wrong len>");
	else
		skw_text_ipv4(d->out, p);
}

static bool all_zero(const uint8_t *p, size_t n)
{
	while (n && !*p) {
		p++;
		n--;
	}
	return n == 0;
}

/* Returns false if the operation is not known. */
static bool print_operation(struct skw_dissect *d, const struct arp *a)
{
	switch (a->op) {
	case REQUEST:
		skw_buf_add_str(d->out, "who-has ");
		print_ip(d, a, a->tpa);
		if (!all_zero(a->tha, a->hlen)) {
			skw_buf_add_str(d->out, " (");
			print_mac(d, a, a->tha);
			skw_buf_add_char(d->out, ')');
		}
		skw_buf_add_str(d->out, " tell ");
		print_ip(d, a, a->spa);
		return true;
	case REPLY:
		print_ip(d, a, a->spa);
		skw_buf_add_str(d->out, " is-at ");
		print_mac(d, a, a->sha);
		return true;
	case REV_REQUEST:
	case INV_REQUEST:
		skw_buf_add_str(d->out, "who-is ");
		print_mac(d, a, a->tha);
		skw_buf_add_str(d->out, " tell ");
		print_mac(d, a, a->sha);
		return true;
	case REV_REPLY:
		print_mac(d, a, a->tha);
		skw_buf_add_str(d->out, " at ");
		print_ip(d, a, a->tpa);
		return true;
	case INV_REPLY:
		print_mac(d, a, a->sha);
		skw_buf_add_str(d->out, " at ");
		print_ip(d, a, a->spa);
		return true;
	default:
		return false;
	}
}

static void print_contents(struct skw_dissect *d, const struct arp *a, struct skw_bytes b)
{
	const char *name = skw_text_name(operations, a->op);

	if (d->opt->verbose)
		skw_buf_add(d->out, ", ", 2);
	if (name) {
		skw_buf_add_str(d->out, name);
	} else {
		skw_text_field(d->out, "Unknown (", a->op);
		skw_buf_add_char(d->out, ')');
	}
	skw_buf_add_char(d->out, ' ');
	if (print_operation(d, a))
		skw_text_field(d->out, ", length ", b.len);
	else
		skw_hexdump_hex_ascii(d->out, b.p, b.caplen);
}

void skw_dissect_arp(struct skw_dissect *d, struct skw_bytes b)
{
	bool atm = skw_bytes_has(b, 0, FIXED) && skw_bytes_be16(b.p) == ATM;

	if (!skw_bytes_has(b, 0, FIXED) ||
	    (!atm && !skw_bytes_has(b, FIXED, 2u * (b.p[4] + b.p[5])))) {
		skw_dissect_cut(d, "arp");
		return;
	}

	struct arp a = {
		.hardware = skw_bytes_be16(b.p),
		.protocol = skw_bytes_be16(b.p + 2),
		.hlen = b.p[4],
		.plen = b.p[5],
		.op = skw_bytes_be16(b.p + 6),
		.sha = b.p + FIXED,
	};

	a.spa = a.sha + a.hlen;
	a.tha = a.spa + a.plen;
	a.tpa = a.tha + a.hlen;
	if (!d->opt->link_header) {
		skw_dissect_color(d, SKW_COLOR_PROTO);
		skw_buf_add(d->out, "ARP", 3);
		skw_dissect_color(d, SKW_COLOR_END);
		skw_buf_add(d->out, ", ", 2);
	}

	if (atm) {
		skw_dissect_name(d, "ATM", b.len);
		return;
	}

	bool usual = (a.protocol == SKW_ETHER_IPV4 || a.protocol == TRAIL) && a.plen == 4 && a.hlen;

	if (!usual || d->opt->verbose)
		print_types(d, &a);
	if (usual || d->opt->verbose)
		print_contents(d, &a, b);
	else
		skw_text_field(d->out, ", length ", b.len);
}
