// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/link/link.h"

#include <pcap/dlt.h>
#include <pcap/pcap.h>

#include "dissect/link/eth.h"
#include "dissect/link/ethertype.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

/* The packet and its interface, for the functions of the link layers. */
struct link {
	const struct skw_packet *pkt;
	const struct skw_iface *iface; /* may be NULL */
};

/* The names of PACKET_HOST to PACKET_OUTGOING of linux/if_packet.h, in this order. */
static const char *pkt_type_name(uint32_t type)
{
	static const char *const names[] = { "In", "B", "M", "P", "Out" };

	return type < SKW_ARRAY_SIZE(names) ? names[type] : "?";
}

static void pad_from(struct skw_dissect *d, size_t start, unsigned width)
{
	while (!d->out->failed && d->out->len - start < width)
		skw_buf_add_char(d->out, ' ');
	skw_buf_add_char(d->out, ' ');
}

/* Prints interface and direction as tcpdump -i any does. A name from a file is untrusted. */
static void print_iface(struct skw_dissect *d, const char *name, uint32_t ifindex, const char *dir)
{
	size_t start = d->out->len;

	if (name)
		skw_dissect_text(d, (const uint8_t *)name, strlen(name));
	else if (ifindex == 1)
		/* In every network namespace, the interface with index 1 is lo. */
		skw_buf_add_str(d->out, "lo");
	else if (ifindex)
		skw_text_field(d->out, "if", ifindex);
	else
		skw_buf_add_char(d->out, '?');
	pad_from(d, start, 5);
	start = d->out->len;
	skw_buf_add_str(d->out, dir);
	pad_from(d, start, 3);
}

static void print_live_iface(struct skw_dissect *d, const struct link *l)
{
	const struct skw_packet *pkt = l->pkt;
	const char *dir = pkt->direction == SKW_DIR_UNKNOWN ? "?"
			  : pkt->direction == SKW_DIR_OUT   ? "Out"
							    : pkt_type_name(pkt->pkt_type);

	print_iface(d, l->iface ? l->iface->name : NULL, l->iface ? l->iface->ifindex : 0, dir);
}

static uint32_t print_ether(struct skw_dissect *d, const struct link *l, struct skw_bytes b)
{
	(void)l;
	return skw_dissect_ether(d, b);
}

/* There is no link-layer header, so the version field of the IP header decides. */
static void print_by_version(struct skw_dissect *d, struct skw_bytes b)
{
	uint8_t version = b.caplen ? b.p[0] >> 4 : 0;

	if (version == 4)
		skw_dissect_ipv4(d, b);
	else if (version == 6)
		skw_dissect_ipv6(d, b);
	else
		skw_text_field(d->out, "unknown ip ", version);
}

static uint32_t print_raw(struct skw_dissect *d, const struct link *l, struct skw_bytes b)
{
	(void)l;
	if (d->opt->link_header)
		skw_buf_add_str(d->out, "ip: ");
	print_by_version(d, b);
	return 0;
}

/* The header is the address family in the byte order of the host that captured. */
static uint32_t print_loopback(struct skw_dissect *d, const struct link *l, struct skw_bytes b)
{
	static const struct {
		uint32_t family;
		uint16_t ethertype;
		const char *name;
	} families[] = {
		{ 2, SKW_ETHER_IPV4, "IPv4" },  /* AF_INET of every system */
		{ 24, SKW_ETHER_IPV6, "IPv6" }, /* AF_INET6 of NetBSD and OpenBSD */
		{ 28, SKW_ETHER_IPV6, "IPv6" }, /* AF_INET6 of FreeBSD */
		{ 30, SKW_ETHER_IPV6, "IPv6" }, /* AF_INET6 of macOS */
		{ 7, 0, "ISO" },
		{ 16, 0, "AppleTalk" },
		{ 23, 0, "IPX" },
	};

	(void)l;
	if (!skw_bytes_has(b, 0, 4)) {
		skw_dissect_cut(d, "null");
		return 0;
	}

	uint32_t family =
		(uint32_t)b.p[3] << 24 | (uint32_t)b.p[2] << 16 | (uint32_t)b.p[1] << 8 | b.p[0];
	size_t i = 0;

	if (family & 0xffff0000)
		family = skw_bytes_be32(b.p);
	while (i < SKW_ARRAY_SIZE(families) && families[i].family != family)
		i++;

	bool known = i < SKW_ARRAY_SIZE(families);

	if (d->opt->link_header || !known) {
		if (d->opt->quiet && known) {
			skw_buf_add_str(d->out, families[i].name);
		} else if (d->opt->quiet) {
			skw_text_field(d->out, "Unknown AF ", family);
		} else {
			skw_buf_add_str(d->out, "AF ");
			skw_buf_add_str(d->out, known ? families[i].name : "Unknown");
			skw_text_field(d->out, " (", family);
			skw_buf_add_char(d->out, ')');
		}
		skw_text_field(d->out, ", length ", b.len);
		skw_buf_add(d->out, ": ", 2);
	}
	b = skw_bytes_skip(b, 4);
	if (known && families[i].ethertype)
		skw_dissect_ethertype(d, families[i].ethertype, b);
	else if (known)
		skw_dissect_name(d, families[i].name, b.len);
	else
		skw_dissect_unknown(d, b);
	return 4;
}

/* The fields that both versions of Linux's cooked header share. */
struct cooked {
	uint16_t protocol;
	uint8_t halen;
	const uint8_t *addr;
};

#define SLL_802_3 1
#define SLL_802_2 4

static void print_cooked_header(struct skw_dissect *d, const struct cooked *c, uint32_t len)
{
	if (c->halen == 6) {
		skw_text_mac(d->out, c->addr);
		skw_buf_add_char(d->out, ' ');
	}
	if (d->opt->quiet)
		return;
	if (c->protocol == SLL_802_3)
		skw_buf_add_str(d->out, "802.3");
	else if (c->protocol == SLL_802_2)
		skw_buf_add_str(d->out, "802.2");
	else
		skw_dissect_ethertype_name(d, c->protocol);
	skw_text_field(d->out, ", length ", len);
	skw_buf_add(d->out, ": ", 2);
}

typedef void cooked_title_fn(struct skw_dissect *d, struct skw_bytes whole);

/* Returns the length of all headers. `used` is the length of the cooked header. */
static uint32_t print_cooked(struct skw_dissect *d, const struct cooked *c, struct skw_bytes whole,
			     uint32_t used, cooked_title_fn *title)
{
	struct skw_bytes b = skw_bytes_skip(whole, used);
	uint16_t type = c->protocol;

	if (d->opt->link_header) {
		title(d, whole);
		print_cooked_header(d, c, whole.len);
	}
	if (type == SLL_802_2)
		return used + skw_dissect_llc(d, b, NULL);
	if (type == SLL_802_3) {
		skw_dissect_name(d, "IPX", b.len);
		return used;
	}
	while (skw_ethertype_is_vlan(type)) {
		if (!skw_bytes_has(b, 0, 4)) {
			skw_dissect_cut(d, "vlan");
			return used + b.caplen;
		}
		type = skw_bytes_be16(b.p + 2);
		if (d->opt->link_header) {
			skw_dissect_vlan_tag(d, skw_bytes_be16(b.p));
			skw_buf_add(d->out, ", ", 2);
		}
		b = skw_bytes_skip(b, 4);
		used += 4;
		if (type <= SKW_ETHER_LENGTH_MAX)
			return used + skw_dissect_llc(d, b, NULL);

		if (!d->opt->quiet) {
			const char *name = skw_ethertype_name(type);

			skw_buf_add_str(d->out, "ethertype ");
			skw_buf_add_str(d->out, name ? name : "Unknown");
			skw_buf_add(d->out, ", ", 2);
		}
	}
	if (!skw_dissect_ethertype(d, type, b)) {
		if (!d->opt->link_header && c->protocol > SKW_ETHER_LENGTH_MAX) {
			title(d, whole);
			print_cooked_header(d, c, whole.len);
		}
		skw_dissect_unknown(d, b);
	}
	return used;
}

static void sll_title(struct skw_dissect *d, struct skw_bytes whole)
{
	const char *dir = pkt_type_name(skw_bytes_be16(whole.p));

	for (size_t n = strlen(dir); n < 3; n++)
		skw_buf_add_char(d->out, ' ');
	skw_buf_add_str(d->out, dir);
	skw_buf_add_char(d->out, ' ');
}

static uint32_t print_sll(struct skw_dissect *d, const struct link *l, struct skw_bytes b)
{
	(void)l;
	if (!skw_bytes_has(b, 0, 16)) {
		skw_dissect_cut(d, "sll");
		return 0;
	}

	struct cooked c = { skw_bytes_be16(b.p + 14), b.p[5], b.p + 6 };

	return print_cooked(d, &c, b, 16, sll_title);
}

static void sll2_title(struct skw_dissect *d, struct skw_bytes whole)
{
	skw_text_field(d->out, "ifindex ", skw_bytes_be32(whole.p + 4));
	skw_buf_add_char(d->out, ' ');
}

static uint32_t print_sll2(struct skw_dissect *d, const struct link *l, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 20)) {
		skw_dissect_cut(d, "sll2");
		return 0;
	}

	struct cooked c = { skw_bytes_be16(b.p), b.p[11], b.p + 12 };
	uint32_t ifindex = skw_bytes_be32(b.p + 4);
	bool same = l->iface && l->iface->ifindex && l->iface->ifindex == ifindex;

	print_iface(d, same ? l->iface->name : NULL, ifindex, pkt_type_name(b.p[10]));
	return print_cooked(d, &c, b, 20, sll2_title);
}

static const struct {
	int dlt;
	uint32_t (*print)(struct skw_dissect *d, const struct link *l, struct skw_bytes b);
} types[] = {
	{ DLT_EN10MB, print_ether },
	{ DLT_RAW, print_raw },
	{ 14, print_raw /* DLT_RAW of OpenBSD */ },
	{ 101, print_raw /* LINKTYPE_RAW */ },
	{ DLT_IPV4, print_raw },
	{ DLT_IPV6, print_raw },
	{ DLT_NULL, print_loopback },
	{ DLT_LOOP, print_loopback },
	{ DLT_LINUX_SLL, print_sll },
	{ DLT_LINUX_SLL2, print_sll2 },
};

uint32_t skw_dissect_link(struct skw_dissect *d, const struct skw_packet *pkt,
			  const struct skw_iface *iface)
{
	const struct link l = { pkt, iface };
	const struct skw_bytes b = { pkt->data, pkt->caplen, pkt->len };

	if (d->opt->interface && pkt->dlt != DLT_LINUX_SLL2)
		print_live_iface(d, &l);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++) {
		if (types[i].dlt == pkt->dlt)
			return types[i].print(d, &l, b);
	}

	const char *name = pcap_datalink_val_to_name(pkt->dlt);

	if (name)
		skw_dissect_name(d, name, pkt->len);
	else {
		skw_text_field(d->out, "link type ", (uint32_t)pkt->dlt);
		skw_text_field(d->out, ", length ", pkt->len);
	}
	return 0;
}
