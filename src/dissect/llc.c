// SPDX-License-Identifier: BSD-2-Clause
/* IEEE 802.2 logical link control: SNAP has an ethertype, other payloads are named by their SAP. */
#include "dissect/eth.h"

#include "dissect/hexdump.h"
#include "dissect/text.h"
#include "util/bytes.h"

#define SAP_SNAP 0xaa
#define SAP_IP   0x06
#define SNAP     5

static const struct skw_text_name saps[] = {
	{ 0x00, "Null" },      { 0x02, "802.1B I" }, { 0x03, "802.1B G" },   { SAP_IP, "IP" },
	{ 0x0e, "ProWay NM" }, { 0x42, "STP" },      { 0x8e, "ProWay ASM" }, { SAP_SNAP, "SNAP" },
	{ 0xe0, "IPX" },       { 0xf0, "NetBeui" },  { 0xfe, "ISO NS" },     { 0xff, "Global" },
	{ 0, NULL },
};

static const char *sap_name(uint8_t sap)
{
	const char *name = skw_text_name(saps, sap & 0xfe);

	if (sap == 0xff || sap == 0x03)
		name = skw_text_name(saps, sap);
	return name ? name : "Unknown";
}

static void print_sap(struct skw_dissect *d, const char *label, uint8_t sap, const char *kind)
{
	skw_buf_add_str(d->out, label);
	skw_buf_add_str(d->out, sap_name(sap));
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, sap & 0xfe, 2);
	skw_buf_add_str(d->out, ") ");
	skw_buf_add_str(d->out, kind);
}

/*
 * The control field of unnumbered frames has one byte, that of others has two, the low byte first.
 */
static void print_header(struct skw_dissect *d, const uint8_t *p, bool unnumbered)
{
	print_sap(d, "LLC, dsap ", p[0], p[0] & 1 ? "Group" : "Individual");
	print_sap(d, ", ssap ", p[1], p[1] & 1 ? "Response" : "Command");
	skw_buf_add_str(d->out, ", ctrl 0x");
	if (unnumbered)
		skw_text_hex(d->out, p[2], 2);
	else
		skw_text_hex(d->out, (uint32_t)p[3] << 8 | p[2], 4);
	skw_buf_add_str(d->out, ": ");
}

static void print_oui(struct skw_dissect *d, uint32_t oui)
{
	skw_buf_add_str(d->out, "oui ");
	skw_buf_add_str(d->out, oui == 0 ? "Ethernet" : "Unknown");
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, oui, 6);
	skw_buf_add_str(d->out, "), ");
}

/* SNAP: an organization and its protocol number, or an ethertype if the organization is 0. */
static void print_snap(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, SNAP)) {
		skw_dissect_cut(d, "snap");
		return;
	}

	uint32_t oui = skw_bytes_be32(b.p) >> 8;
	uint16_t type = skw_bytes_be16(b.p + 3);

	b = skw_bytes_skip(b, SNAP);
	if (oui) {
		print_oui(d, oui);
		skw_buf_add_str(d->out, "pid 0x");
		skw_text_hex(d->out, type, 4);
		skw_text_field(d->out, ", length ", b.len);
		return;
	}
	if (d->opt->link_header) {
		print_oui(d, oui);
		skw_dissect_ethertype_name(d, type);
		skw_text_field(d->out, ", length ", b.len);
		skw_buf_add(d->out, ": ", 2);
	}
	if (skw_dissect_ethertype(d, type, b))
		return;
	if (!d->opt->link_header) {
		skw_buf_add_str(d->out, "SNAP, ");
		skw_dissect_ethertype_name(d, type);
		skw_text_field(d->out, ", length ", b.len);
		skw_buf_add(d->out, ": ", 2);
	}
	skw_dissect_unknown(d, b);
}

static void print_cut(struct skw_dissect *d, struct skw_bytes b)
{
	skw_dissect_cut(d, "llc");
	if (d->opt->bytes == SKW_BYTES_NONE)
		skw_hexdump_hex_ascii(d->out, b.p, b.caplen);
}

uint32_t skw_dissect_llc(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 3)) {
		print_cut(d, b);
		return 0;
	}
	/*
	 * Novell puts IPX directly after the length. Its checksum, always ffff, looks like two
	 * SAPs.
	 */
	if (b.p[0] == 0xff && b.p[1] == 0xff) {
		skw_dissect_name(d, "IPX", b.len);
		return 0;
	}

	bool unnumbered = (b.p[2] & 3) == 3;
	uint32_t used = unnumbered ? 3 : 4;

	if (!skw_bytes_has(b, 0, used)) {
		print_cut(d, b);
		return 0;
	}
	if (d->opt->link_header)
		print_header(d, b.p, unnumbered);

	uint8_t dsap = b.p[0], ssap = b.p[1];
	struct skw_bytes rest = skw_bytes_skip(b, used);

	if (dsap == SAP_SNAP && ssap == SAP_SNAP && unnumbered) {
		print_snap(d, rest);
		return rest.caplen < SNAP ? b.caplen : used + SNAP;
	}
	if (dsap == SAP_IP && ssap == SAP_IP && unnumbered) {
		skw_dissect_ipv4(d, rest);
		return used;
	}
	if (d->opt->link_header) {
		skw_text_field(d->out, "length ", rest.len);
		return used;
	}
	skw_buf_add_str(d->out, sap_name(dsap));
	if (!skw_text_name(saps, dsap & 0xfe)) {
		skw_buf_add_str(d->out, " SAP 0x");
		skw_text_hex(d->out, dsap, 2);
	}
	skw_text_field(d->out, ", length ", rest.len);
	return used;
}
