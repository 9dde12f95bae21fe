// SPDX-License-Identifier: BSD-2-Clause
/* User Datagram Protocol, RFC 768. */
#include "dissect/dissect.h"

#include "dissect/ip/cksum.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define HEADER 8

/* Protocols that tcpdump dissects and this program only names. The first match counts. */
static const struct {
	uint16_t port;
	const char *name;
} named_ports[] = {
	{ 67, "BOOTP/DHCP" }, { 68, "BOOTP/DHCP" },  { 69, "TFTP" },       { 88, "Kerberos" },
	{ 123, "NTP" },       { 161, "SNMP" },       { 162, "SNMP-trap" }, { 319, "PTP" },
	{ 320, "PTP" },       { 500, "ISAKMP" },     { 514, "SYSLOG" },    { 520, "RIP" },
	{ 521, "RIPng" },     { 546, "DHCPv6" },     { 547, "DHCPv6" },    { 646, "LDP" },
	{ 698, "OLSR" },      { 1645, "RADIUS" },    { 1646, "RADIUS" },   { 1700, "RADIUS" },
	{ 1701, "L2TP" },     { 1812, "RADIUS" },    { 1813, "RADIUS" },   { 1985, "HSRP" },
	{ 3784, "BFD" },      { 3785, "BFD" },       { 3799, "RADIUS" },   { 4342, "LISP" },
	{ 4500, "NAT-T" },    { 4784, "BFD" },       { 4789, "VXLAN" },    { 4790, "VXLAN-GPE" },
	{ 5060, "SIP" },      { 6081, "Geneve" },    { 6343, "sFlow" },    { 6696, "Babel" },
	{ 6784, "BFD" },      { 8472, "OTV/VXLAN" }, { 30490, "SOME/IP" },
};

static const char *name_of(uint16_t sport, uint16_t dport)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(named_ports); i++) {
		if (named_ports[i].port == sport || named_ports[i].port == dport)
			return named_ports[i].name;
	}
	return NULL;
}

/*
 * Like tcpdump, prints the checksum of IPv6 from -v on, and that of IPv4, where it is optional,
 * from -vv on.
 */
static void print_checksum(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (d->opt->no_checksum || ip->fragment || d->opt->verbose < (ip->version == 4 ? 2u : 1u))
		return;

	uint16_t field = skw_bytes_be16(b.p + 6);

	/* IPv6 requires a checksum (RFC 8200, section 8.1). */
	if (!field && ip->version == 4) {
		skw_buf_add_str(d->out, "[no cksum] ");
		return;
	}
	if (b.caplen < b.len)
		return;

	uint16_t sum = skw_cksum_sum(b.p, b.len, skw_cksum_pseudo(ip, b.len));

	skw_dissect_cksum(d, "udp", field, sum);
}

static void print_payload(struct skw_dissect *d, const struct skw_ip *ip, uint16_t sport,
			  uint16_t dport, struct skw_bytes b, uint32_t claimed)
{
	if (!d->opt->quiet) {
		if (sport == 53 || dport == 53) {
			skw_dissect_dns(d, b, false);
			return;
		}
		if (sport == 5353 || dport == 5353) {
			skw_dissect_mdns(d, b);
			return;
		}

		const char *name = name_of(sport, dport);

		if (name) {
			skw_dissect_name(d, name, b.len);
			return;
		}
	}
	if (claimed > b.len && !ip->fragment) {
		skw_text_field(d->out, "UDP, bad length ", claimed);
		skw_text_field(d->out, " > ", b.len);
		return;
	}
	skw_dissect_name(d, "UDP", claimed);
}

void skw_dissect_udp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 4)) {
		skw_dissect_hosts(d, ip);
		skw_dissect_cut(d, "udp");
		return;
	}

	uint16_t sport = skw_bytes_be16(b.p), dport = skw_bytes_be16(b.p + 2);

	skw_dissect_ports(d, ip, sport, dport);
	if (b.len < HEADER) {
		skw_text_field(d->out, "truncated-udp ", b.len);
		return;
	}
	if (!skw_bytes_has(b, 0, 6)) {
		skw_dissect_cut(d, "udp");
		return;
	}

	uint32_t ulen = skw_bytes_be16(b.p + 4);

	if (ulen == 0 && b.len > UINT16_MAX)
		ulen = b.len;
	if (ulen < HEADER) {
		skw_text_field(d->out, "truncated-udplength ", ulen);
		return;
	}
	if (!skw_bytes_has(b, 0, HEADER)) {
		skw_dissect_cut(d, "udp");
		return;
	}
	b = skw_bytes_first(b, ulen);
	print_checksum(d, ip, b);
	print_payload(d, ip, sport, dport, skw_bytes_skip(b, HEADER), ulen - HEADER);
}
