// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Point-to-Point Protocol (RFC 1661), in frames like those of HDLC (RFC 1662), and over
 * Ethernet (RFC 2516). Of the control protocols, only the first line is printed.
 */
#include "dissect/link/types.h"

#include "dissect/hexdata.h"
#include "dissect/link/ethertype.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum {
	HEADER = 4,
	ADDRESS = 0xff,
	CONTROL = 0x03,
	PPPD_IN = 0x00, /* pppd puts a direction in place of the address */
	PPPD_OUT = 0x01,
	CHDLC_UNICAST = 0x0f,
	CHDLC_BROADCAST = 0x8f,
	PPP_IP = 0x0021,
	PPP_VJ_UNCOMPRESSED = 0x002f, /* an IP header whose protocol number is something else */
	PPP_IPV6 = 0x0057,
	PPP_COMPRESSED = 0x00fd,
	PPP_MPLS = 0x0281,
	PPP_MPLS_MULTICAST = 0x0283,
};

static const struct skw_text_name protocols[] = {
	{ PPP_IP, "IP" },
	{ 0x0023, "OSI" },
	{ 0x0025, "NS" },
	{ 0x0027, "DECNET" },
	{ 0x0029, "APPLE" },
	{ 0x002b, "IPX" },
	{ 0x002d, "VJC IP" },
	{ PPP_VJ_UNCOMPRESSED, "VJNC IP" },
	{ 0x0031, "BRPDU" },
	{ 0x0033, "STII" },
	{ 0x0035, "VINES" },
	{ 0x003d, "MLPPP" },
	{ PPP_IPV6, "IP6" },
	{ PPP_COMPRESSED, "Compressed" },
	{ 0x0201, "HELLO" },
	{ 0x0231, "LUXCOM" },
	{ 0x0233, "SNS" },
	{ PPP_MPLS, "MPLS" },
	{ PPP_MPLS_MULTICAST, "MPLS" },
	{ 0x8021, "IPCP" },
	{ 0x8023, "OSICP" },
	{ 0x8025, "NSCP" },
	{ 0x8027, "DECNETCP" },
	{ 0x8029, "APPLECP" },
	{ 0x802b, "IPXCP" },
	{ 0x8033, "STIICP" },
	{ 0x8035, "VINESCP" },
	{ 0x8057, "IP6CP" },
	{ 0x80fd, "CCP" },
	{ 0x8281, "MPLSCP" },
	{ 0xc021, "LCP" },
	{ 0xc023, "PAP" },
	{ 0xc025, "LQM" },
	{ 0xc027, "SPAP" },
	{ 0xc02b, "BACP" },
	{ 0xc02d, "BAP" },
	{ 0xc03d, "MLPPP-CP" },
	{ 0xc123, "Old-SPAP" },
	{ 0xc223, "CHAP" },
	{ 0xc227, "EAP" },
	{ 0, NULL },
};

static void print_name(struct skw_dissect *d, uint16_t proto, const char *name)
{
	if (name) {
		skw_buf_add_str(d->out, name);
		return;
	}
	skw_buf_add_str(d->out, "unknown PPP protocol (0x");
	skw_text_hex(d->out, proto, 4);
	skw_buf_add_char(d->out, ')');
}

/* Control protocols begin with a code and an identifier. */
static void print_control(struct skw_dissect *d, const char *name, struct skw_bytes b)
{
	static const char *const codes[] = {
		"Vendor-Extension", "Conf-Request", "Conf-Ack",    "Conf-Nack",   "Conf-Reject",
		"Term-Request",     "Term-Ack",     "Code-Reject", "Prot-Reject", "Echo-Request",
		"Echo-Reply",       "Disc-Req",     "Ident",       "Time-Rem",    "Reset-Req",
		"Reset-Ack",
	};

	skw_buf_add_str(d->out, name);
	skw_buf_add(d->out, ", ", 2);
	if (b.len < 4 || !skw_bytes_has(b, 0, 2)) {
		skw_buf_add(d->out, "[|", 2);
		skw_buf_add_str(d->out, name);
		skw_buf_add_char(d->out, ']');
		d->cut = true;
		return;
	}

	uint8_t code = b.p[0];

	skw_buf_add_str(d->out, code < SKW_ARRAY_SIZE(codes) ? codes[code] : "Unknown Opcode");
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, code, 2);
	skw_text_field(d->out, "), id ", b.p[1]);
	skw_text_field(d->out, ", length ", b.len + 2);
}

static void print_payload(struct skw_dissect *d, uint16_t proto, struct skw_bytes b)
{
	const char *name = skw_text_name(protocols, proto);

	switch (proto) {
	case PPP_IP:
	case PPP_VJ_UNCOMPRESSED:
	case SKW_ETHER_IPV4:
		skw_dissect_ipv4(d, b);
		return;
	case PPP_IPV6:
	case SKW_ETHER_IPV6:
		skw_dissect_ipv6(d, b);
		return;
	case PPP_MPLS:
	case PPP_MPLS_MULTICAST:
		skw_dissect_mpls(d, b);
		return;
	case PPP_COMPRESSED:
		skw_buf_add_str(d->out, "compressed PPP data");
		return;
	case 0xc021: /* LCP and the protocols that are made like it */
	case 0x8021:
	case 0x8023:
	case 0x8281:
	case 0x8057:
	case 0x80fd:
	case 0xc02b:
		print_control(d, name, b);
		return;
	case 0x0023: /* protocols that tcpdump takes apart, and this program only names */
	case 0x002b:
	case 0x003d:
	case 0xc023:
	case 0xc02d:
	case 0xc223:
		skw_dissect_name(d, name, b.len);
		return;
	default:
		print_name(d, proto, name);
		skw_buf_add_char(d->out, ' ');
		skw_dissect_hexdata(d, b, b.len, "\n\t");
	}
}

/* Takes address and control off a frame, where they are. Returns their length. */
static uint32_t skip_address(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.p[1] != CONTROL || (b.p[0] != PPPD_IN && b.p[0] != PPPD_OUT && b.p[0] != ADDRESS))
		return 0;
	if (d->opt->link_header && b.p[0] != ADDRESS)
		skw_buf_add_str(d->out, b.p[0] == PPPD_IN ? "In  " : "Out ");
	return 2;
}

/* Address, control and the first byte of the protocol may be missing. */
static uint32_t print_frame(struct skw_dissect *d, struct skw_bytes b)
{
	uint32_t len = b.len, used;

	if (!skw_bytes_has(b, 0, 2)) {
		skw_dissect_cut(d, "ppp");
		return 0;
	}
	used = skip_address(d, b);
	b = skw_bytes_skip(b, used);

	uint32_t size = b.caplen && b.p[0] % 2 ? 1 : 2;

	if (b.len < 2 || !skw_bytes_has(b, 0, size)) {
		skw_dissect_cut(d, "ppp");
		return 0;
	}

	uint16_t proto = size == 1 ? b.p[0] : skw_bytes_be16(b.p);

	used += size;
	if (d->opt->link_header) {
		const char *name = skw_text_name(protocols, proto);

		skw_buf_add_str(d->out, name ? name : "unknown");
		skw_buf_add_str(d->out, " (0x");
		skw_text_hex(d->out, proto, 4);
		skw_text_field(d->out, "), length ", len);
		if (!name)
			return used;
		skw_buf_add(d->out, ": ", 2);
	}
	print_payload(d, proto, skw_bytes_skip(b, size));
	return used;
}

uint32_t skw_dissect_ppp(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, HEADER)) {
		skw_dissect_cut(d, "ppp");
		return b.caplen;
	}
	return print_frame(d, b);
}

/* The first byte tells PPP from Cisco's HDLC. */
uint32_t skw_dissect_ppp_serial(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 2)) {
		skw_dissect_cut(d, "ppp_hdlc");
		return b.caplen;
	}
	if (b.p[0] == CHDLC_UNICAST || b.p[0] == CHDLC_BROADCAST)
		return skw_dissect_chdlc(d, b);
	if (!skw_bytes_has(b, 0, HEADER)) {
		skw_dissect_cut(d, "ppp_hdlc");
		return b.caplen;
	}
	if (d->opt->link_header) {
		skw_text_hex(d->out, b.p[0], 2);
		skw_buf_add_char(d->out, ' ');
		skw_text_hex(d->out, b.p[1], 2);
		skw_text_field(d->out, " ", b.len);
		skw_buf_add_char(d->out, ' ');
	}
	if (b.p[0] != ADDRESS) {
		skw_buf_add_str(d->out, "unknown addr ");
		skw_text_hex(d->out, b.p[0], 2);
		skw_buf_add_str(d->out, "; ctrl ");
		skw_text_hex(d->out, b.p[1], 2);
		return 2;
	}

	uint16_t proto = skw_bytes_be16(b.p + 2);

	print_name(d, proto, skw_text_name(protocols, proto));
	skw_buf_add(d->out, ": ", 2);
	print_payload(d, proto, skw_bytes_skip(b, HEADER));
	return HEADER;
}

enum { PPPOE = 6, TAG = 4, TAG_TEXT_MAX = 79, PADI = 0x09, PADI_MAX = 1484 };

static void print_tag_value(struct skw_dissect *d, struct skw_bytes v)
{
	uint32_t n = v.len < TAG_TEXT_MAX ? v.len : TAG_TEXT_MAX, printable = 0;

	for (uint32_t i = 0; i < n; i++)
		printable += v.p[i] >= 0x20 && v.p[i] < 0x7f;
	if (printable > n - printable) {
		skw_buf_add_str(d->out, " \"");
		for (uint32_t i = 0; i < n; i++) {
			bool good = v.p[i] >= 0x20 && v.p[i] < 0x7f;

			skw_buf_add_char(d->out, good ? (char)v.p[i] : '.');
		}
		skw_buf_add_char(d->out, '"');
		return;
	}
	skw_buf_add_str(d->out, " 0x");
	for (uint32_t i = 0; i < v.len; i++)
		skw_buf_printf(d->out, "%02X", v.p[i]);
}

static void print_tags(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name tags[] = {
		{ 0x0000, "EOL" },
		{ 0x0101, "Service-Name" },
		{ 0x0102, "AC-Name" },
		{ 0x0103, "Host-Uniq" },
		{ 0x0104, "AC-Cookie" },
		{ 0x0105, "Vendor-Specific" },
		{ 0x0110, "Relay-Session-ID" },
		{ 0x0120, "PPP-Max-Payload" },
		{ 0x0201, "Service-Name-Error" },
		{ 0x0202, "AC-System-Error" },
		{ 0x0203, "Generic-Error" },
		{ 0, NULL },
	};

	for (uint16_t type = 1; type && b.len;) {
		if (!skw_bytes_has(b, 0, TAG)) {
			skw_dissect_cut(d, "pppoe");
			return;
		}
		type = skw_bytes_be16(b.p);

		uint16_t len = skw_bytes_be16(b.p + 2);
		const char *name = skw_text_name(tags, type);

		b = skw_bytes_skip(b, TAG);
		if (!skw_bytes_has(b, 0, len)) {
			skw_dissect_cut(d, "pppoe");
			return;
		}
		skw_buf_add(d->out, " [", 2);
		if (name) {
			skw_buf_add_str(d->out, name);
		} else {
			skw_buf_add_str(d->out, "TAG-0x");
			skw_text_hex(d->out, type, 1);
		}
		if (len)
			print_tag_value(d, (struct skw_bytes){ b.p, len, len });
		skw_buf_add_char(d->out, ']');
		b = skw_bytes_skip(b, len);
	}
}

static void print_code(struct skw_dissect *d, uint8_t code)
{
	static const struct skw_text_name codes[] = {
		{ 0x00, "" },     { 0x07, "PADO" }, { PADI, "PADI" }, { 0x19, "PADR" },
		{ 0x65, "PADS" }, { 0xa7, "PADT" }, { 0, NULL },
	};
	const char *name = skw_text_name(codes, code);

	skw_buf_add_str(d->out, "PPPoE ");
	if (name) {
		skw_buf_add_str(d->out, name);
		return;
	}
	skw_buf_add_str(d->out, "PAD-");
	skw_text_hex(d->out, code, 1);
}

uint32_t skw_dissect_pppoe(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.len < PPPOE) {
		skw_text_field(d->out, " (length ", b.len);
		skw_buf_add_str(d->out, " < 6)");
		skw_dissect_invalid(d);
		return 0;
	}
	if (!skw_bytes_has(b, 0, PPPOE)) {
		skw_dissect_cut(d, "pppoe");
		return 0;
	}

	uint8_t code = b.p[1];
	uint16_t session = skw_bytes_be16(b.p + 2), len = skw_bytes_be16(b.p + 4);

	if (b.p[0] >> 4 != 1) {
		skw_text_field(d->out, " [ver ", b.p[0] >> 4);
		skw_buf_add_char(d->out, ']');
	}
	if ((b.p[0] & 0xf) != 1) {
		skw_text_field(d->out, " [type ", b.p[0] & 0xfu);
		skw_buf_add_char(d->out, ']');
	}
	print_code(d, code);
	if (code == PADI && len > PADI_MAX - PPPOE) {
		skw_text_field(d->out, " [len ", len);
		skw_buf_add_str(d->out, "!]");
	}
	b = skw_bytes_skip(b, PPPOE);
	if (len > b.len) {
		skw_text_field(d->out, " [len ", len);
		skw_text_field(d->out, " > ", b.len);
		skw_buf_add_str(d->out, "!]");
	}
	if (session) {
		skw_buf_add_str(d->out, " [ses 0x");
		skw_text_hex(d->out, session, 1);
		skw_buf_add_char(d->out, ']');
	}
	b = skw_bytes_first(b, len);
	if (code) {
		print_tags(d, b);
		return PPPOE;
	}
	skw_buf_add_char(d->out, ' ');
	return PPPOE + print_frame(d, b);
}
