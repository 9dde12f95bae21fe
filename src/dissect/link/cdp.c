// SPDX-License-Identifier: BSD-2-Clause
/* The Cisco Discovery Protocol, which tells the switch and the port at the other end of a cable. */
#include "dissect/link/eth.h"

#include <string.h>

#include "dissect/hexdata.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum { HEADER = 4, TLV_HEADER = 4, DEVICE_ID = 1, PLAIN_IP = 0xcc };

/*
 * Functions for values. Each gets the captured bytes of a value and its length. It returns false if
 * bytes are missing in the capture.
 */
typedef bool value_fn(struct skw_dissect *d, struct skw_bytes v);

static bool print_string(struct skw_dissect *d, struct skw_bytes v)
{
	skw_buf_add_char(d->out, '\'');
	skw_dissect_text(d, v.p, v.caplen);
	if (v.caplen < v.len)
		return false;
	skw_buf_add_char(d->out, '\'');
	return true;
}

/* Each line of the text gets an indent. */
static bool print_version(struct skw_dissect *d, struct skw_bytes v)
{
	skw_buf_add_str(d->out, "\n\t  ");
	for (uint32_t i = 0; i < v.caplen; i++) {
		if (v.p[i] == '\n')
			skw_buf_add_str(d->out, "\n\t  ");
		else
			skw_dissect_text(d, v.p + i, 1);
	}
	return v.caplen == v.len;
}

static bool print_capability(struct skw_dissect *d, struct skw_bytes v)
{
	static const struct skw_text_name names[] = {
		{ 0x01, "Router" },
		{ 0x02, "Transparent Bridge" },
		{ 0x04, "Source Route Bridge" },
		{ 0x08, "L2 Switch" },
		{ 0x10, "L3 capable" },
		{ 0x20, "IGMP snooping" },
		{ 0x40, "L1 capable" },
		{ 0, NULL },
	};

	if (v.caplen < 4)
		return false;
	skw_buf_add_str(d->out, "(0x");
	skw_text_hex(d->out, skw_bytes_be32(v.p), 8);
	skw_buf_add_str(d->out, "): ");
	skw_text_bits(d->out, names, skw_bytes_be32(v.p));
	return true;
}

static bool print_vlan(struct skw_dissect *d, struct skw_bytes v)
{
	if (v.caplen < 2)
		return false;
	skw_buf_add_uint(d->out, skw_bytes_be16(v.p));
	return true;
}

static bool print_duplex(struct skw_dissect *d, struct skw_bytes v)
{
	if (!v.caplen)
		return false;
	skw_buf_add_str(d->out, v.p[0] ? "full" : "half");
	return true;
}

/* The VLAN of a telephone: two unknown bytes, or an application and the number of the VLAN. */
static bool print_voice_vlan(struct skw_dissect *d, struct skw_bytes v)
{
	if (v.caplen < v.len)
		return false;
	if (v.len == 2) {
		skw_buf_add_str(d->out, "unknown 0x");
		skw_text_hex(d->out, skw_bytes_be16(v.p), 4);
	} else {
		skw_text_field(d->out, "app ", v.p[0]);
		skw_text_field(d->out, ", vlan ", skw_bytes_be16(v.p + 1));
	}
	return true;
}

static bool print_power(struct skw_dissect *d, struct skw_bytes v)
{
	uint32_t milliwatts = 0;

	if (v.caplen < v.len)
		return false;
	for (uint32_t i = 0; i < v.len; i++)
		milliwatts = milliwatts << 8 | v.p[i];
	skw_buf_printf(d->out, "%1.2fW", milliwatts / 1000.0);
	return true;
}

static bool print_mtu(struct skw_dissect *d, struct skw_bytes v)
{
	if (v.caplen < 4)
		return false;
	skw_buf_add_uint(d->out, skw_bytes_be32(v.p));
	skw_buf_add_str(d->out, " bytes");
	return true;
}

static bool print_byte(struct skw_dissect *d, struct skw_bytes v)
{
	if (!v.caplen)
		return false;
	skw_buf_add_str(d->out, "0x");
	skw_text_hex(d->out, v.p[0], 2);
	return true;
}

static bool print_location(struct skw_dissect *d, struct skw_bytes v)
{
	if (!print_byte(d, v))
		return false;
	if (v.len > 1) {
		skw_buf_add_char(d->out, '/');
		skw_dissect_text(d, v.p + 1, v.caplen - 1);
	}
	return v.caplen == v.len;
}

static bool print_bytes(struct skw_dissect *d, struct skw_bytes v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (i >= v.caplen)
			return false;
		skw_buf_add_char(d->out, ' ');
		skw_text_hex(d->out, v.p[i], 2);
	}
	return true;
}

/* Tells what is missing in the value itself. Returns false if the capture lacks a part of it, too.
 */
static bool print_short(struct skw_dissect *d, const char *what, struct skw_bytes v)
{
	skw_buf_add_str(d->out, " (not enough space for ");
	skw_buf_add_str(d->out, what);
	skw_buf_add_char(d->out, ')');
	return v.caplen == v.len;
}

/*
 * An address: a type and a length of the protocol, the protocol, a length, the address. `plen` is
 * the length of the protocol, which *v begins with. *done is set if the line goes on.
 */
static bool print_address(struct skw_dissect *d, struct skw_bytes *v, uint8_t kind, uint8_t plen,
			  uint32_t left, bool *done)
{
	/* SNAP with the ethertype of IPv6. */
	static const uint8_t snap_ipv6[] = { 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd };
	struct skw_bytes proto = *v;

	if (!skw_bytes_has(proto, plen, 2))
		return false;

	uint16_t len = skw_bytes_be16(proto.p + plen);
	bool ipv4 = kind == 1 && plen == 1 && proto.p[0] == PLAIN_IP && len == 4;
	bool ipv6 = kind == 2 && plen == 8 && !memcmp(proto.p, snap_ipv6, 8) && len == 16;

	*v = skw_bytes_skip(proto, plen + 2u);
	if (!ipv4 && !ipv6) {
		skw_buf_add_str(d->out, "pt=0x");
		skw_text_hex(d->out, kind, 2);
		skw_text_field(d->out, ", pl=", plen);
		skw_buf_add_str(d->out, ", pb=");
		print_bytes(d, proto, plen);
		skw_text_field(d->out, ", al=", len);
		skw_buf_add_str(d->out, ", a=");
	}
	if (v->len < len)
		return print_short(d, "A", *v);
	if (!ipv4 && !ipv6) {
		if (!print_bytes(d, *v, len))
			return false;
	} else {
		if (v->caplen < len)
			return false;
		skw_text_field(d->out, ipv4 ? "IPv4 (" : "IPv6 (", left);
		skw_buf_add(d->out, ") ", 2);
		(ipv4 ? skw_text_ipv4 : skw_text_ipv6)(d->out, v->p);
	}
	*v = skw_bytes_skip(*v, len);
	*done = true;
	return true;
}

static bool print_addresses(struct skw_dissect *d, struct skw_bytes v)
{
	if (v.len < 4)
		return print_short(d, "num", v);
	if (v.caplen < 4)
		return false;

	uint32_t left = skw_bytes_be32(v.p);

	for (v = skw_bytes_skip(v, 4); left; left--) {
		bool done = false;

		if (v.len < 2)
			return print_short(d, "PT+PL", v);
		if (v.caplen < 2)
			return false;

		uint8_t kind = v.p[0], plen = v.p[1];

		v = skw_bytes_skip(v, 2);
		if (v.len < plen + 2u)
			return print_short(d, "P+AL", v);

		bool whole = print_address(d, &v, kind, plen, left, &done);

		if (!done)
			return whole;
		if (left > 1)
			skw_buf_add_char(d->out, ' ');
	}
	if (v.len) {
		skw_text_field(d->out, " (", v.len);
		skw_buf_add_str(d->out, " bytes of stray data)");
	}
	return true;
}

static bool print_prefixes(struct skw_dissect *d, struct skw_bytes v)
{
	if (v.len % 5) {
		skw_text_field(d->out, " [length ", v.len);
		skw_buf_add_str(d->out, " is not a multiple of 5]");
		return v.caplen == v.len;
	}
	skw_text_field(d->out, " IPv4 Prefixes (", v.len / 5);
	skw_buf_add_str(d->out, "):");
	for (; v.len; v = skw_bytes_skip(v, 5)) {
		if (v.caplen < 5)
			return false;
		skw_buf_add_char(d->out, ' ');
		skw_text_ipv4(d->out, v.p);
		skw_text_field(d->out, "/", v.p[4]);
	}
	return true;
}

/* A value without a function is only named. Lengths that are 0 are not checked. */
static const struct cdp_type {
	const char *name;
	value_fn *print;
	uint8_t min, max;
} types[] = {
	[DEVICE_ID] = { "Device-ID", print_string, 0, 0 },
	[0x02] = { "Address", print_addresses, 0, 0 },
	[0x03] = { "Port-ID", print_string, 0, 0 },
	[0x04] = { "Capability", print_capability, 4, 4 },
	[0x05] = { "Version String", print_version, 0, 0 },
	[0x06] = { "Platform", print_string, 0, 0 },
	[0x07] = { "Prefixes", print_prefixes, 0, 0 },
	[0x08] = { "Protocol-Hello option", NULL, 0, 0 },
	[0x09] = { "VTP Management Domain", print_string, 0, 0 },
	[0x0a] = { "Native VLAN ID", print_vlan, 2, 2 },
	[0x0b] = { "Duplex", print_duplex, 1, 1 },
	[0x0e] = { "ATA-186 VoIP VLAN assignment", print_voice_vlan, 3, 3 },
	[0x0f] = { "ATA-186 VoIP VLAN request", print_voice_vlan, 2, 3 },
	[0x10] = { "power consumption", print_power, 1, 3 },
	[0x11] = { "MTU", print_mtu, 4, 4 },
	[0x12] = { "AVVID trust bitmap", print_byte, 1, 1 },
	[0x13] = { "AVVID untrusted ports CoS", print_byte, 1, 1 },
	[0x14] = { "System Name", print_string, 0, 0 },
	[0x15] = { "System Object ID (not decoded)", NULL, 0, 0 },
	[0x16] = { "Management Addresses", print_addresses, 4, 0 },
	[0x17] = { "Physical Location", print_location, 1, 0 },
};

static void print_length(struct skw_dissect *d, uint32_t len)
{
	skw_buf_add_uint(d->out, len);
	skw_buf_add_str(d->out, len == 1 ? " byte" : " bytes");
}

/* Prints the name of a value with -v, and of the one value that is printed without it. */
static void print_title(struct skw_dissect *d, const char *name, uint16_t type, uint32_t len)
{
	if (d->opt->verbose) {
		skw_buf_add_str(d->out, "\n\t");
		skw_buf_add_str(d->out, name);
		skw_buf_add_str(d->out, " (0x");
		skw_text_hex(d->out, type, 2);
		skw_buf_add_str(d->out, "), value length: ");
		print_length(d, len);
		skw_buf_add(d->out, ": ", 2);
	} else if (type == DEVICE_ID) {
		skw_buf_add_str(d->out, ", Device-ID ");
	}
}

/* Prints a TLV. `t` is NULL for types beyond the table. */
static bool print_value(struct skw_dissect *d, const struct cdp_type *t, uint16_t type,
			struct skw_bytes v)
{
	print_title(d, t && t->name ? t->name : "unknown field type", type, v.len);
	if (t && ((t->min && v.len < t->min) || (t->max && v.len > t->max)))
		skw_buf_add_str(d->out, " (malformed TLV)");
	else if (t && t->print && (d->opt->verbose || type == DEVICE_ID))
		return t->print(d, v);
	else if (t && d->opt->verbose)
		return v.caplen == v.len;
	if (v.caplen < v.len)
		return false;
	skw_dissect_hexdata(d, v, v.len, "\n\t  ");
	return true;
}

static void print_too_short(struct skw_dissect *d, const char *name, uint16_t type, uint32_t len)
{
	if (!d->opt->verbose) {
		skw_buf_add(d->out, ", ", 2);
		skw_buf_add_str(d->out, name);
		skw_text_field(d->out, " TLV length ", len);
		skw_buf_add_str(d->out, " too short");
		return;
	}
	skw_buf_add_str(d->out, "\n\t");
	skw_buf_add_str(d->out, name);
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, type, 2);
	skw_buf_add_str(d->out, "), TLV length: ");
	print_length(d, len);
	skw_buf_add_str(d->out, " (too short)");
}

/* Prints values up to the end, or up to a wrong one. Returns what was not printed then. */
static struct skw_bytes print_values(struct skw_dissect *d, struct skw_bytes b)
{
	while (b.len) {
		if (b.len < TLV_HEADER) {
			skw_text_field(d->out, " (remaining packet length ", b.len);
			skw_buf_add_str(d->out, " < 4)");
			return b;
		}
		if (b.caplen < TLV_HEADER) {
			skw_dissect_cut(d, "cdp");
			return b;
		}

		uint16_t type = skw_bytes_be16(b.p), len = skw_bytes_be16(b.p + 2);
		const struct cdp_type *t = type < SKW_ARRAY_SIZE(types) ? &types[type] : NULL;

		if (len < TLV_HEADER) {
			print_too_short(d, t && t->name ? t->name : "unknown field type", type,
					len);
			return b;
		}
		if (len > b.len) {
			skw_text_field(d->out, " (TLV length ", len);
			skw_text_field(d->out, " > ", b.len);
			skw_buf_add_char(d->out, ')');
			return b;
		}
		if (!print_value(d, t, type, skw_bytes_skip(skw_bytes_first(b, len), TLV_HEADER))) {
			skw_dissect_cut(d, "cdp");
			return b;
		}
		b = skw_bytes_skip(b, len);
	}
	return b;
}

void skw_dissect_cdp(struct skw_dissect *d, struct skw_bytes b)
{
	uint32_t len = b.len;

	if (b.len < HEADER) {
		skw_text_field(d->out, " (packet length ", b.len);
		skw_buf_add_str(d->out, " < 4)");
	} else if (b.caplen < 2) {
		skw_dissect_cut(d, "cdp");
	} else {
		skw_text_field(d->out, "CDPv", b.p[0]);
		skw_text_field(d->out, ", ttl: ", b.p[1]);
		skw_buf_add_char(d->out, 's');
		if (b.caplen < HEADER) {
			skw_dissect_cut(d, "cdp");
			return;
		}
		if (d->opt->verbose) {
			skw_buf_add_str(d->out, ", checksum: 0x");
			skw_text_hex(d->out, skw_bytes_be16(b.p + 2), 4);
			skw_text_field(d->out, " (unverified), length ", len);
		}
		b = print_values(d, skw_bytes_skip(b, HEADER));
	}
	if (d->cut)
		return;
	if (!b.len) {
		if (!d->opt->verbose)
			skw_text_field(d->out, ", length ", len);
		return;
	}
	skw_dissect_invalid(d);
	if (b.caplen < b.len) {
		d->cut = false;
		skw_dissect_cut(d, "cdp");
	}
}
