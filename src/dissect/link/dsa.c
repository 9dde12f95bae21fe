// SPDX-License-Identifier: BSD-2-Clause
/*
 * Tags of switches, as they are seen on the port of the processor: Marvell's DSA and EDSA, and
 * Broadcom's (linux/net/dsa/tag_dsa.c and tag_brcm.c).
 */
#include "dissect/link/types.h"

#include "dissect/link/eth.h"
#include "dissect/link/ethertype.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum { TO_CPU, FROM_CPU, TO_SNIFFER, FORWARD };

/* The four bytes of a tag of Marvell. */
struct dsa {
	uint8_t mode, dev, port, priority, code;
	bool tagged, trunk, cfi; /* `trunk` is "received" in a copy for a sniffer */
	uint16_t vlan;
};

static struct dsa read_dsa(const uint8_t *p)
{
	return (struct dsa){
		.mode = p[0] >> 6,
		.tagged = p[0] & 0x20,
		.dev = p[0] & 0x1f,
		.port = p[1] >> 3,
		.trunk = p[1] & 4,
		.cfi = p[1] & 1,
		.priority = p[2] >> 5,
		.vlan = skw_bytes_be16(p + 2) & 0xfff,
		.code = (p[1] & 6) | (p[2] >> 4 & 1),
	};
}

static void print_long(struct skw_dissect *d, const struct dsa *t)
{
	static const char *const modes[] = { "To CPU", "From CPU", "To Sniffer", "Forward" };
	static const char *const codes[] = { "BPDU (MGMT) Trap", "Frame2Reg",  "IGMP/MLD Trap",
					     "Policy Trap",      "ARP Mirror", "Policy Mirror" };
	static const char *const devs[] = { ", source dev ", ", target dev ", ", source dev ",
					    ", dev " };
	bool trunk = t->mode == FORWARD && t->trunk;

	skw_buf_add_str(d->out, "mode ");
	skw_buf_add_str(d->out, modes[t->mode]);
	skw_text_field(d->out, devs[t->mode], t->dev);
	skw_text_field(d->out, trunk ? ", trunk " : ", port ", t->port);
	if (t->mode == TO_CPU) {
		skw_buf_add_str(d->out, ", code ");
		skw_buf_add_str(d->out,
				t->code < SKW_ARRAY_SIZE(codes) ? codes[t->code] : "reserved");
	} else if (t->mode == TO_SNIFFER) {
		skw_buf_add_str(d->out, t->trunk ? ", ingress sniff" : ", egress sniff");
	}
	skw_buf_add_str(d->out, t->tagged ? ", tagged, " : ", untagged, ");
	if (t->cfi)
		skw_buf_add_str(d->out, "CFI, ");
	skw_text_field(d->out, "VID ", t->vlan);
	skw_text_field(d->out, ", FPri ", t->priority);
	skw_buf_add(d->out, ", ", 2);
}

static void print_short(struct skw_dissect *d, const struct dsa *t)
{
	static const char *const before[] = { "port ", "CPU > port ", "port ", "Forward port " };
	static const char *const behind[] = { " > CPU", "", " > Tx Sniffer", "" };

	if (t->mode == FORWARD && t->trunk)
		skw_buf_add_str(d->out, "Forward trunk ");
	else
		skw_buf_add_str(d->out, before[t->mode]);
	skw_buf_add_uint(d->out, t->dev);
	skw_text_field(d->out, ".", t->port);
	if (t->mode == TO_SNIFFER && t->trunk)
		skw_buf_add_str(d->out, " > Rx Sniffer");
	else
		skw_buf_add_str(d->out, behind[t->mode]);
	skw_text_field(d->out, ", VLAN ", t->vlan);
	skw_buf_add_str(d->out, t->tagged ? "t, " : "u, ");
}

static void print_tag(struct skw_dissect *d, const uint8_t *p)
{
	const struct dsa tag = read_dsa(p);

	(d->opt->link_header ? print_long : print_short)(d, &tag);
}

static void print_dsa(struct skw_dissect *d, const uint8_t *p)
{
	skw_buf_add_str(d->out, d->opt->link_header ? "Marvell DSA " : "DSA ");
	print_tag(d, p);
}

/* An ethertype that the system has chosen, two bytes of 0, and a tag. */
static void print_edsa(struct skw_dissect *d, const uint8_t *p)
{
	uint16_t type = skw_bytes_be16(p);
	const char *name = skw_ethertype_name(type);

	skw_buf_add_str(d->out, d->opt->link_header ? "Marvell EDSA ethertype 0x" : "EDSA 0x");
	skw_text_hex(d->out, type, 4);
	if (d->opt->link_header) {
		skw_buf_add(d->out, " (", 2);
		skw_buf_add_str(d->out, name ? name : "Unknown");
		skw_text_field(d->out, "), rsvd ", p[2]);
		skw_text_field(d->out, " ", p[3]);
	}
	skw_buf_add(d->out, ", ", 2);
	print_tag(d, p + 4);
}

static void print_brcm(struct skw_dissect *d, const uint8_t *p)
{
	static const char *const edits[] = { "None", "Untag", "Header", "Reserved" };
	static const struct skw_text_name reasons[] = {
		{ 1, "mirror" },      { 2, "MAC learning" }, { 4, "switching" }, { 8, "prot term" },
		{ 16, "prot snoop" }, { 32, "exception" },   { 0, NULL },
	};

	skw_buf_add_str(d->out, p[0] ? "BRCM tag OP: IG" : "BRCM tag OP: EG");
	if (p[0] & 0x20) {
		skw_text_field(d->out, ", TC: ", p[1] >> 2 & 7);
		skw_buf_add_str(d->out, ", TE: ");
		skw_buf_add_str(d->out, edits[p[1] & 3]);
		skw_text_field(d->out, ", TS: ", p[1] >> 7);
		skw_buf_add_str(d->out, ", DST map: 0x");
		skw_text_hex(d->out, skw_bytes_be16(p + 2) & 0x1ff, 4);
	} else {
		const char *reason = skw_text_name(reasons, p[2]);

		skw_text_field(d->out, ", CID: ", p[1]);
		skw_buf_add_str(d->out, ", RC: ");
		skw_buf_add_str(d->out, reason ? reason : "reserved");
		skw_text_field(d->out, ", TC: ", p[3] >> 5);
		skw_text_field(d->out, ", port: ", p[3] & 0x1f);
	}
	skw_buf_add(d->out, ", ", 2);
}

uint32_t skw_dissect_dsa(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_eth_tag tag = { 4, "dsa", print_dsa };

	return skw_dissect_ether_tagged(d, b, &tag);
}

uint32_t skw_dissect_edsa(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_eth_tag tag = { 8, "edsa", print_edsa };

	return skw_dissect_ether_tagged(d, b, &tag);
}

uint32_t skw_dissect_brcm_tag(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_eth_tag tag = { 4, "brcm-tag", print_brcm };

	return skw_dissect_ether_tagged(d, b, &tag);
}

uint32_t skw_dissect_brcm_tag_prepended(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 4)) {
		skw_dissect_cut(d, "brcm-tag-prepend");
		return 0;
	}
	if (d->opt->link_header)
		print_brcm(d, b.p);
	return 4 + skw_dissect_ether(d, skw_bytes_skip(b, 4));
}
