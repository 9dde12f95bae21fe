// SPDX-License-Identifier: BSD-2-Clause
/* Linux's cooked headers, which stand in place of a link-layer header. */
#include "dissect/link/types.h"

#include "dissect/link/eth.h"
#include "dissect/link/ethertype.h"
#include "dissect/link/iface.h"
#include "dissect/text.h"
#include "util/bytes.h"

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
	const char *dir = skw_dissect_pkt_type(skw_bytes_be16(whole.p));

	for (size_t n = strlen(dir); n < 3; n++)
		skw_buf_add_char(d->out, ' ');
	skw_buf_add_str(d->out, dir);
	skw_buf_add_char(d->out, ' ');
}

uint32_t skw_dissect_sll(struct skw_dissect *d, struct skw_bytes b)
{
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

uint32_t skw_dissect_sll2(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 20)) {
		skw_dissect_cut(d, "sll2");
		return 0;
	}

	struct cooked c = { skw_bytes_be16(b.p), b.p[11], b.p + 12 };
	uint32_t ifindex = skw_bytes_be32(b.p + 4);
	bool same = d->iface && d->iface->ifindex && d->iface->ifindex == ifindex;

	skw_dissect_iface(d, same ? d->iface->name : NULL, ifindex, skw_dissect_pkt_type(b.p[10]));
	return print_cooked(d, &c, b, 20, sll2_title);
}
