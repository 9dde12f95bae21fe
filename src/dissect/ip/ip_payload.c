// SPDX-License-Identifier: BSD-2-Clause
/* The payload of an IP header. */
#include "dissect/dissect.h"

#include "dissect/ip/ip_proto.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

static void print_ipip(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	(void)ip;
	skw_dissect_ipv4(d, b);
}

static void print_ip6(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	(void)ip;
	skw_dissect_ipv6(d, b);
}

static void print_icmp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (ip->version == 4) {
		skw_dissect_icmp(d, ip, b);
		return;
	}
	skw_buf_add_str(d->out, "[ICMP requires IPv4]");
	skw_dissect_invalid(d);
}

static void print_icmp6(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (ip->version == 6) {
		skw_dissect_icmp6(d, ip, b);
		return;
	}
	skw_buf_add_str(d->out, "[ICMPv6 requires IPv6]");
	skw_dissect_invalid(d);
}

/* Encapsulating Security Payload, RFC 4303. */
static void print_esp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	(void)ip;
	/* The header must be followed by at least one byte. */
	if (!skw_bytes_has(b, 0, 9)) {
		skw_dissect_cut(d, "esp");
		return;
	}
	skw_buf_add_str(d->out, "ESP(spi=0x");
	skw_text_hex(d->out, skw_bytes_be32(b.p), 8);
	skw_buf_add_str(d->out, ",seq=0x");
	skw_text_hex(d->out, skw_bytes_be32(b.p + 4), 1);
	skw_text_field(d->out, "), length ", b.len);
}

/* IP Payload Compression, RFC 3173. */
static void print_ipcomp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	(void)ip;
	skw_buf_add_str(d->out, "IPComp(");
	if (!skw_bytes_has(b, 0, 4)) {
		skw_dissect_cut(d, "ipcomp");
		return;
	}
	skw_buf_add_str(d->out, "cpi=0x");
	skw_text_hex(d->out, skw_bytes_be16(b.p + 2), 4);
	skw_buf_add_char(d->out, ')');
}

static void print_none(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	(void)ip;
	(void)b;
	skw_buf_add_str(d->out, "no next header");
}

static void cut_ah(struct skw_dissect *d)
{
	skw_dissect_cut(d, "ah");
}

/* Prints the header of AH. Returns false if it is cut. */
static bool print_ah_header(struct skw_dissect *d, struct skw_bytes b, uint32_t len)
{
	skw_buf_add_char(d->out, '(');
	if (d->opt->verbose) {
		skw_text_field(d->out, "length=", b.p[1]);
		skw_text_field(d->out, "(", len);
		skw_buf_add_str(d->out, "-bytes),");
	}
	if (skw_bytes_has(b, 0, 4) && skw_bytes_be16(b.p + 2)) {
		skw_buf_add_str(d->out, "reserved=0x");
		skw_text_hex(d->out, skw_bytes_be16(b.p + 2), 1);
		skw_buf_add_str(d->out, "[MustBeZero],");
	}
	if (!skw_bytes_has(b, 0, 8))
		return false;
	skw_buf_add_str(d->out, "spi=0x");
	skw_text_hex(d->out, skw_bytes_be32(b.p + 4), 8);
	skw_buf_add_char(d->out, ',');
	if (!skw_bytes_has(b, 0, 12))
		return false;
	skw_buf_add_str(d->out, "seq=0x");
	skw_text_hex(d->out, skw_bytes_be32(b.p + 8), 1);
	skw_buf_add_str(d->out, ",icv=0x");
	for (uint32_t i = 12; i < len && i < b.caplen; i++)
		skw_text_hex(d->out, b.p[i], 2);
	return skw_bytes_has(b, 0, len);
}

/* Authentication Header, RFC 4302, and the payload that it authenticates. */
static void print_ah(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (!b.caplen) {
		cut_ah(d);
		return;
	}
	skw_buf_add_str(d->out, "AH");
	if (!skw_bytes_has(b, 0, 2)) {
		cut_ah(d);
		return;
	}

	uint32_t len = (b.p[1] + 2u) * 4;

	if (!print_ah_header(d, b, len)) {
		cut_ah(d);
		return;
	}
	skw_buf_add_str(d->out, "): ");

	struct skw_ip inner = *ip;

	inner.proto = b.p[0];
	/* The length of the packet limits AH within AH, but the stack needs a lower limit. */
	if (++d->depth > SKW_DISSECT_DEPTH)
		skw_buf_add_str(d->out, "[nested too deeply]");
	else
		skw_dissect_ip_payload(d, &inner, skw_bytes_skip(b, len));
	d->depth--;
}

typedef void print_fn(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);

static const struct {
	uint8_t proto;
	print_fn *print;  /* NULL if only the name is printed */
	const char *name; /* NULL if the function prints the name */
} protocols[] = {
	{ SKW_IPPROTO_TCP, skw_dissect_tcp, NULL },
	{ SKW_IPPROTO_UDP, skw_dissect_udp, NULL },
	{ SKW_IPPROTO_ICMP, print_icmp, NULL },
	{ SKW_IPPROTO_ICMPV6, print_icmp6, NULL },
	{ SKW_IPPROTO_IPIP, print_ipip, NULL },
	{ SKW_IPPROTO_IPV6, print_ip6, NULL },
	{ SKW_IPPROTO_GRE, skw_dissect_gre, NULL },
	{ SKW_IPPROTO_ESP, print_esp, NULL },
	{ SKW_IPPROTO_AH, print_ah, NULL },
	{ SKW_IPPROTO_IPCOMP, print_ipcomp, NULL },
	{ SKW_IPPROTO_NONE, print_none, NULL },
	{ SKW_IPPROTO_SCTP, NULL, "SCTP" },
	{ SKW_IPPROTO_DCCP, NULL, "DCCP" },
	{ 2, NULL, "IGMP" },
	{ 8, NULL, "EGP" },
	{ 9, NULL, "IGRP" },
	{ 46, NULL, "RSVP" },
	{ 55, NULL, "Mobile IP" },
	{ 77, NULL, "ND" },
	{ 88, NULL, "EIGRP" },
	{ 89, NULL, "OSPF" },
	{ 97, NULL, "EtherIP" },
	{ 98, NULL, "ENCAP" },
	{ 103, NULL, "PIM" },
	{ 112, NULL, "VRRP" },
	{ 113, NULL, "PGM" },
	{ 143, NULL, "Ethernet" },
};

static void print_named_ports(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (skw_bytes_has(b, 0, 4))
		skw_dissect_ports(d, ip, skw_bytes_be16(b.p), skw_bytes_be16(b.p + 2));
	else
		skw_dissect_hosts(d, ip);
}

void skw_dissect_ip_payload(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(protocols); i++) {
		if (protocols[i].proto != ip->proto)
			continue;
		if (protocols[i].print) {
			protocols[i].print(d, ip, b);
			return;
		}
		if (skw_ip_proto_has_ports(ip->proto))
			print_named_ports(d, ip, b);
		skw_dissect_name(d, protocols[i].name, b.len);
		return;
	}
	skw_text_field(d->out, " ip-proto-", ip->proto);
	skw_text_field(d->out, " ", b.len);
}
