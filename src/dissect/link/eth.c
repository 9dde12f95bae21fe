// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/link/eth.h"

#include "dissect/link/ethertype.h"
#include "dissect/link/types.h"
#include "dissect/hexdump.h"
#include "dissect/text.h"
#include "util/bytes.h"

#define HEADER 14
#define TAG    4

void skw_dissect_unknown(struct skw_dissect *d, struct skw_bytes b)
{
	enum skw_print_bytes form = d->opt->bytes;
	bool hex =
		form != SKW_BYTES_NONE && form != SKW_BYTES_ASCII && form != SKW_BYTES_ASCII_LINK;

	if (!hex && !d->opt->quiet)
		skw_hexdump_hex_ascii(d->out, b.p, b.caplen);
}

void skw_dissect_vlan_tag(struct skw_dissect *d, uint16_t tci)
{
	skw_text_field(d->out, "vlan ", tci & 0xfffu);
	skw_text_field(d->out, ", p ", tci >> 13);
	if (tci & 0x1000)
		skw_buf_add_str(d->out, ", DEI");
}

void skw_dissect_ethertype_name(struct skw_dissect *d, uint16_t ethertype)
{
	const char *name = skw_ethertype_name(ethertype);

	if (d->opt->quiet) {
		if (name) {
			skw_buf_add_str(d->out, name);
			return;
		}
		skw_buf_add_str(d->out, "Unknown Ethertype (0x");
	} else {
		skw_buf_add_str(d->out, "ethertype ");
		skw_buf_add_str(d->out, name ? name : "Unknown");
		skw_buf_add_str(d->out, " (0x");
	}
	skw_text_hex(d->out, ethertype, 4);
	skw_buf_add_char(d->out, ')');
}

bool skw_dissect_ethertype(struct skw_dissect *d, uint16_t ethertype, struct skw_bytes b)
{
	switch (ethertype) {
	case SKW_ETHER_IPV4:
		skw_dissect_ipv4(d, b);
		return true;
	case SKW_ETHER_IPV6:
		skw_dissect_ipv6(d, b);
		return true;
	case SKW_ETHER_ARP:
	case SKW_ETHER_RARP:
		skw_dissect_arp(d, b);
		return true;
	case SKW_ETHER_MPLS:
	case SKW_ETHER_MPLS_MULTICAST:
		skw_dissect_mpls(d, b);
		return true;
	case SKW_ETHER_PPPOE_DISCOVERY:
	case SKW_ETHER_PPPOE_SESSION:
		skw_dissect_pppoe(d, b);
		return true;
	case SKW_ETHER_PPP:
		skw_buf_add(d->out, ": ", 2);
		skw_dissect_ppp(d, b);
		return true;
	default:
		if (!skw_ethertype_named(ethertype))
			return false;
		skw_dissect_name(d, skw_ethertype_name(ethertype), b.len);
		return true;
	}
}

void skw_dissect_ends(struct skw_dissect *d, const struct skw_eth_ends *ends)
{
	skw_text_mac(d->out, ends->src);
	skw_buf_add(d->out, " > ", 3);
	skw_text_mac(d->out, ends->dst);
}

static void print_addresses(struct skw_dissect *d, const struct skw_eth_ends *ends)
{
	skw_dissect_ends(d, ends);
	skw_buf_add(d->out, ", ", 2);
}

static void print_type_and_length(struct skw_dissect *d, uint16_t type, uint32_t len)
{
	/* An 802.3 frame has its length in this field. Bytes beyond that length are padding. */
	if (type <= SKW_ETHER_LENGTH_MAX) {
		skw_buf_add_str(d->out, "802.3");
		len = type;
	} else {
		skw_dissect_ethertype_name(d, type);
	}
	skw_text_field(d->out, ", length ", len);
	skw_buf_add(d->out, ": ", 2);
}

/* Before the ethertype of a tag is printed, the whole tag must have been captured. */
static bool tag_is_cut(struct skw_dissect *d, uint16_t type, struct skw_bytes b)
{
	if (!skw_ethertype_is_vlan(type) || skw_bytes_has(b, 0, TAG))
		return false;
	skw_dissect_cut(d, "vlan");
	return true;
}

/*
 * Prints the tags after the header and sets *type to the ethertype of the payload. Returns the
 * length of the tags.
 */
static uint32_t print_tags(struct skw_dissect *d, struct skw_bytes b, uint16_t *type)
{
	uint32_t used = 0;

	while (skw_ethertype_is_vlan(*type)) {
		uint16_t tci = skw_bytes_be16(b.p);

		*type = skw_bytes_be16(b.p + 2);
		b = skw_bytes_skip(b, TAG);
		used += TAG;
		if (d->opt->link_header) {
			skw_dissect_vlan_tag(d, tci);
			skw_buf_add(d->out, ", ", 2);
		}
		if (tag_is_cut(d, *type, b))
			return used;
		if (d->opt->link_header && *type > SKW_ETHER_LENGTH_MAX) {
			skw_dissect_ethertype_name(d, *type);
			skw_buf_add(d->out, ", ", 2);
		} else if (d->opt->link_header) {
			skw_buf_add_str(d->out, "802.3");
		}
	}
	return used;
}

uint32_t skw_dissect_ether_tagged(struct skw_dissect *d, struct skw_bytes b,
				  const struct skw_eth_tag *tag)
{
	uint32_t used = HEADER + (tag ? tag->len : 0);

	if (!skw_bytes_has(b, 0, used)) {
		skw_dissect_cut(d, tag ? tag->cut : "ether");
		return b.caplen;
	}

	const struct skw_eth_ends ends = { .src = b.p + 6, .dst = b.p };
	uint16_t type = skw_bytes_be16(b.p + used - 2);
	uint32_t len = b.len;

	if (d->opt->link_header)
		print_addresses(d, &ends);
	if (tag)
		tag->print(d, b.p + 12);
	b = skw_bytes_skip(b, used);
	if (tag_is_cut(d, type, b))
		return used;
	if (d->opt->link_header)
		print_type_and_length(d, type, len);

	uint32_t tags = print_tags(d, b, &type);

	used += tags;
	if (d->cut)
		return used;
	b = skw_bytes_skip(b, tags);
	if (type <= SKW_ETHER_LENGTH_MAX)
		return used + skw_dissect_llc(d, skw_bytes_first(b, type), &ends);
	if (!skw_dissect_ethertype(d, type, b)) {
		if (!d->opt->link_header) {
			print_addresses(d, &ends);
			print_type_and_length(d, type, len);
		}
		skw_dissect_unknown(d, b);
	}
	return used;
}

uint32_t skw_dissect_ether(struct skw_dissect *d, struct skw_bytes b)
{
	return skw_dissect_ether_tagged(d, b, NULL);
}
