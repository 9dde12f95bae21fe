// SPDX-License-Identifier: BSD-2-Clause
/*
 * IEEE 802.2 logical link control. Behind SNAP stands an ethertype, or the protocol number of an
 * organization.
 */
#include "dissect/link/eth.h"

#include "dissect/hexdump.h"
#include "dissect/link/ethertype.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum {
	SAP_IP = 0x06,
	SAP_STP = 0x42,
	SAP_SNAP = 0xaa,
	SAP_IPX = 0xe0,
	SAP_ISO = 0xfe,
	SAP_GLOBAL = 0xff,
	CONTROL_UI = 0x03,
	CONTROL_XID = 0xaf,
	SNAP = 5,
};

enum {
	OUI_ETHER = 0x000000,
	OUI_CISCO = 0x00000c,
	OUI_CISCO_BRIDGED = 0x0000f8,
	OUI_BRIDGED = 0x0080c2, /* RFC 2684 */
	OUI_APPLETALK = 0x080007,
	APPLETALK = 0x809b,
};

/* The two service access points and the control field of a frame. */
struct llc {
	uint8_t dsap, ssap; /* without their lowest bits */
	bool group, response;
	bool unnumbered; /* the control field has one byte; of others it has two, low byte first */
	uint16_t control;
	uint32_t len; /* of the header */
};

static const struct skw_text_name saps[] = {
	{ 0x00, "Null" },      { 0x02, "802.1B I" }, { 0x04, "SNA" },    { SAP_IP, "IP" },
	{ 0x0e, "ProWay NM" }, { SAP_STP, "STP" },   { 0x4e, "RS511" },  { 0x7e, "ISO8208" },
	{ 0x8e, "ProWay" },    { SAP_SNAP, "SNAP" }, { SAP_IPX, "IPX" }, { 0xf0, "NetBeui" },
	{ SAP_ISO, "OSI" },    { 0, NULL },
};

static void print_header(struct skw_dissect *d, const struct llc *h)
{
	const char *dsap = skw_text_name(saps, h->dsap), *ssap = skw_text_name(saps, h->ssap);

	skw_buf_add_str(d->out, "LLC, dsap ");
	skw_buf_add_str(d->out, dsap ? dsap : "Unknown");
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, h->dsap, 2);
	skw_buf_add_str(d->out, h->group ? ") Group, ssap " : ") Individual, ssap ");
	skw_buf_add_str(d->out, ssap ? ssap : "Unknown");
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, h->ssap, 2);
	skw_buf_add_str(d->out, h->response ? ") Response, ctrl 0x" : ") Command, ctrl 0x");
	skw_text_hex(d->out, h->control, h->unnumbered ? 2 : 4);
	skw_buf_add_str(d->out, ": ");
}

/* The organizations of SNAP, and the names that they gave to their protocol numbers. */
static const struct skw_text_name cisco_pids[] = {
	{ 0x010b, "PVST" }, { 0x010c, "VLAN Bridge" }, { 0x0111, "UDLD" }, { 0x2000, "CDP" },
	{ 0x2003, "VTP" },  { 0x2004, "DTP" },         { 0, NULL },
};

static const struct skw_text_name bridged_pids[] = {
	{ 0x0001, "Ethernet + FCS" },
	{ 0x0002, "802.4 + FCS" },
	{ 0x0003, "Token Ring + FCS" },
	{ 0x0004, "FDDI + FCS" },
	{ 0x0005, "802.6 + FCS" },
	{ 0x0007, "Ethernet w/o FCS" },
	{ 0x0008, "802.4 w/o FCS" },
	{ 0x0009, "Token Ring w/o FCS" },
	{ 0x000a, "FDDI w/o FCS" },
	{ 0x000b, "802.6 w/o FCS" },
	{ 0x000e, "BPDU" },
	{ 0, NULL },
};

static const struct skw_text_name organizations[] = {
	{ OUI_ETHER, "Ethernet" },
	{ OUI_CISCO, "Cisco" },
	{ 0x00005e, "IANA" },
	{ 0x000081, "Nortel Networks SONMP" },
	{ OUI_CISCO_BRIDGED, "Cisco bridged" },
	{ OUI_BRIDGED, "Ethernet bridged" },
	{ 0x00a03e, "ATM Forum" },
	{ 0x00e02f, "DOCSIS Spanning Tree" },
	{ OUI_APPLETALK, "Appletalk" },
	{ 0x009069, "Juniper" },
	{ 0x080009, "Hewlett-Packard" },
	{ 0x00120f, "IEEE 802.3 Private" },
	{ 0x0012bb, "ANSI/TIA" },
	{ 0x001b21, "DCBX" },
	{ 0x001018, "Broadcom" },
	{ 0, NULL },
};

static const char *pid_name(uint32_t oui, uint16_t pid)
{
	const char *name = NULL;

	if (oui == OUI_CISCO)
		name = skw_text_name(cisco_pids, pid);
	else if (oui == OUI_BRIDGED)
		name = skw_text_name(bridged_pids, pid);
	else if (oui == OUI_ETHER || oui == OUI_CISCO_BRIDGED || oui == OUI_APPLETALK)
		name = skw_ethertype_name(pid);
	return name ? name : "Unknown";
}

static void print_pid(struct skw_dissect *d, uint32_t oui, uint16_t pid, bool with_oui,
		      uint32_t len)
{
	if (with_oui) {
		const char *name = skw_text_name(organizations, oui);

		skw_buf_add_str(d->out, "oui ");
		skw_buf_add_str(d->out, name ? name : "Unknown");
		skw_buf_add_str(d->out, " (0x");
		skw_text_hex(d->out, oui, 6);
		skw_buf_add_str(d->out, "), ");
	}
	skw_buf_add_str(d->out, oui == OUI_ETHER ? "ethertype " : "pid ");
	skw_buf_add_str(d->out, pid_name(oui, pid));
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, pid, 4);
	skw_text_field(d->out, "), length ", len);
	skw_buf_add(d->out, ": ", 2);
}

/* Prints the payload, or nothing, and tells which. */
static bool print_cisco(struct skw_dissect *d, uint16_t pid, struct skw_bytes b)
{
	static const struct {
		uint16_t pid;
		void (*print)(struct skw_dissect *d, struct skw_bytes b);
	} protocols[] = {
		{ 0x010b, skw_dissect_stp /* per VLAN, with the VLAN's number at the end */ },
		{ 0x010c, skw_dissect_stp },
		{ 0x0111, skw_dissect_udld },
		{ 0x2000, skw_dissect_cdp },
		{ 0x2003, skw_dissect_vtp },
		{ 0x2004, skw_dissect_dtp },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(protocols); i++) {
		if (protocols[i].pid == pid) {
			protocols[i].print(d, b);
			return true;
		}
	}
	return false;
}

static bool print_bridged(struct skw_dissect *d, uint16_t pid, struct skw_bytes b)
{
	if (pid == 0x000e) {
		skw_dissect_stp(d, b);
		return true;
	}
	if (pid != 0x0001 && pid != 0x0007)
		return false;
	/* Two bytes of padding, and an Ethernet frame. */
	if (!skw_bytes_has(b, 0, 2)) {
		skw_dissect_cut(d, "snap");
		return true;
	}
	if (++d->depth > SKW_DISSECT_DEPTH)
		skw_buf_add_str(d->out, "[nested too deeply]");
	else
		skw_dissect_ether(d, skw_bytes_skip(b, 2));
	d->depth--;
	return true;
}

static bool print_snap_payload(struct skw_dissect *d, uint32_t oui, uint16_t pid,
			       struct skw_bytes b)
{
	switch (oui) {
	case OUI_ETHER:
	case OUI_CISCO_BRIDGED:
		return skw_dissect_ethertype(d, pid, b);
	case OUI_APPLETALK:
		return pid == APPLETALK && skw_dissect_ethertype(d, pid, b);
	case OUI_CISCO:
		return print_cisco(d, pid, b);
	case OUI_BRIDGED:
		return print_bridged(d, pid, b);
	default:
		return false;
	}
}

/* SNAP: an organization and its protocol number. Returns false if the payload was not printed. */
static bool print_snap(struct skw_dissect *d, struct skw_bytes b, const struct skw_eth_ends *ends)
{
	if (!skw_bytes_has(b, 0, SNAP)) {
		skw_dissect_cut(d, "snap");
		return true;
	}

	uint32_t oui = skw_bytes_be32(b.p) >> 8;
	uint16_t pid = skw_bytes_be16(b.p + 3);

	b = skw_bytes_skip(b, SNAP);
	if (d->opt->link_header)
		print_pid(d, oui, pid, true, b.len);
	if (print_snap_payload(d, oui, pid, b))
		return true;
	if (!d->opt->link_header) {
		if (ends) {
			skw_dissect_ends(d, ends);
			skw_buf_add_char(d->out, ' ');
		}
		skw_buf_add_str(d->out, "SNAP, ");
		print_pid(d, oui, pid, oui != OUI_ETHER, b.len);
	}
	return false;
}

static void print_cut(struct skw_dissect *d, struct skw_bytes b)
{
	skw_dissect_cut(d, "llc");
	if (d->opt->bytes == SKW_BYTES_NONE)
		skw_hexdump_hex_ascii(d->out, b.p, b.caplen);
}

/* Returns false if bytes are missing. */
static bool read_header(struct skw_bytes b, struct llc *h)
{
	if (!skw_bytes_has(b, 0, 3))
		return false;
	h->dsap = b.p[0] & 0xfe;
	h->ssap = b.p[1] & 0xfe;
	h->group = b.p[0] & 1;
	h->response = b.p[1] & 1;
	h->unnumbered = (b.p[2] & 3) == 3;
	h->len = h->unnumbered ? 3 : 4;
	if (!skw_bytes_has(b, 0, h->len))
		return false;
	h->control = b.p[2];
	if (!h->unnumbered)
		h->control |= (uint16_t)(b.p[3] << 8);
	return true;
}

static void print_sap(struct skw_dissect *d, const char *kind, uint8_t sap)
{
	const char *name = skw_text_name(saps, sap);

	if (name) {
		skw_buf_add_str(d->out, name);
	} else {
		skw_buf_add_str(d->out, kind);
		skw_text_hex(d->out, sap, 2);
	}
	skw_buf_add_char(d->out, ' ');
}

static void print_saps(struct skw_dissect *d, const struct llc *h, const struct skw_eth_ends *ends)
{
	bool same = h->dsap == h->ssap;

	if (same && ends) {
		skw_dissect_ends(d, ends);
		skw_buf_add_char(d->out, ' ');
	}
	if (!same) {
		if (ends) {
			skw_text_mac(d->out, ends->src);
			skw_buf_add_char(d->out, ' ');
		}
		print_sap(d, "Unknown SSAP 0x", h->ssap);
		skw_buf_add(d->out, "> ", 2);
		if (ends) {
			skw_text_mac(d->out, ends->dst);
			skw_buf_add_char(d->out, ' ');
		}
	}
	print_sap(d, "Unknown DSAP 0x", h->dsap);
}

static void print_flags(struct skw_dissect *d, const struct llc *h, uint32_t len)
{
	bool poll = h->control & (h->unnumbered ? 0x10 : 0x100);

	skw_buf_add_str(d->out, ", Flags [");
	if (h->response)
		skw_buf_add_str(d->out, poll ? "Final" : "Response");
	else
		skw_buf_add_str(d->out, poll ? "Poll" : "Command");
	skw_text_field(d->out, "], length ", len);
}

/* Prints the kind of a frame whose payload is not known. Returns false to have its bytes shown. */
static bool print_unnumbered(struct skw_dissect *d, const struct llc *h, struct skw_bytes rest)
{
	static const struct skw_text_name commands[] = {
		{ 0x03, "ui" },  { 0x0f, "dm" },    { 0x43, "disc" },
		{ 0x63, "ua" },  { 0x6f, "sabme" }, { 0x87, "frmr" },
		{ 0xaf, "xid" }, { 0xe3, "test" },  { 0, NULL },
	};
	const char *name = skw_text_name(commands, h->control & 0xef);

	skw_buf_add_str(d->out, "Unnumbered, ");
	if (name)
		skw_buf_add_str(d->out, name);
	else
		skw_text_hex(d->out, h->control & 0xef, 2);
	print_flags(d, h, rest.len + h->len);
	if ((h->control & 0xef) != CONTROL_XID)
		return false;
	if (!rest.len)
		return true;
	if (!rest.caplen) {
		skw_dissect_cut(d, "llc");
		return true;
	}
	if (rest.p[0] != 0x81)
		return false;
	/* The exchange of identification has two more bytes: classes and window. */
	if (!skw_bytes_has(rest, 0, 3)) {
		print_cut(d, rest);
		return true;
	}
	skw_buf_add(d->out, ": ", 2);
	skw_text_hex(d->out, rest.p[1], 2);
	skw_buf_add_char(d->out, ' ');
	skw_text_hex(d->out, rest.p[2], 2);
	return true;
}

static bool print_numbered(struct skw_dissect *d, const struct llc *h, struct skw_bytes rest)
{
	static const char *const supervisory[] = { "Receiver Ready", "Receiver not Ready", "Reject",
						   "?" };
	bool information = !(h->control & 1);

	if (information) {
		skw_text_field(d->out, "Information, send seq ", h->control >> 1 & 0x7f);
	} else {
		skw_buf_add_str(d->out, "Supervisory, ");
		skw_buf_add_str(d->out, supervisory[h->control >> 2 & 3]);
	}
	skw_text_field(d->out, ", rcv seq ", h->control >> 9);
	print_flags(d, h, rest.len + h->len);
	return !information;
}

/* Prints a payload that is known by its service access points, or nothing, and tells which. */
static bool print_payload(struct skw_dissect *d, const struct llc *h, struct skw_bytes rest)
{
	if (h->dsap != h->ssap || h->control != CONTROL_UI)
		return false;
	switch (h->dsap) {
	case SAP_STP:
		skw_dissect_stp(d, rest);
		return true;
	case SAP_IP:
		skw_dissect_ipv4(d, rest);
		return true;
	case SAP_IPX:
		if (d->opt->link_header)
			skw_buf_add_str(d->out, "IPX 802.2: ");
		skw_dissect_name(d, "IPX", rest.len);
		return true;
	case SAP_ISO:
		skw_dissect_name(d, "OSI", rest.len);
		return true;
	default:
		return false;
	}
}

uint32_t skw_dissect_llc(struct skw_dissect *d, struct skw_bytes b, const struct skw_eth_ends *ends)
{
	struct llc h;

	if (!read_header(b, &h)) {
		print_cut(d, b);
		return 0;
	}
	/*
	 * Novell puts IPX directly after the length. Its checksum, always ffff, looks like two
	 * SAPs.
	 */
	if (b.p[0] == SAP_GLOBAL && b.p[1] == SAP_GLOBAL) {
		if (d->opt->link_header)
			skw_buf_add_str(d->out, "IPX 802.3: ");
		skw_dissect_name(d, "IPX", b.len);
		return 0;
	}
	if (d->opt->link_header)
		print_header(d, &h);

	struct skw_bytes rest = skw_bytes_skip(b, h.len);

	if (h.dsap == SAP_SNAP && h.ssap == SAP_SNAP && h.control == CONTROL_UI) {
		if (!print_snap(d, rest, ends))
			skw_dissect_unknown(d, b);
		return rest.caplen < SNAP ? b.caplen : h.len + SNAP;
	}
	if (print_payload(d, &h, rest))
		return h.len;
	if (!d->opt->link_header)
		print_saps(d, &h, ends);
	if (!(h.unnumbered ? print_unnumbered : print_numbered)(d, &h, rest))
		skw_dissect_unknown(d, b);
	return h.len;
}
