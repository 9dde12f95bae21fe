// SPDX-License-Identifier: BSD-2-Clause
/*
 * Generic Routing Encapsulation, RFC 2784 and 2890. Of version 1 (RFC 2637) only the name is
 * printed.
 */
#include "dissect/dissect.h"

#include "dissect/link/eth.h"
#include "dissect/link/ethertype.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define CHECKSUM 0x8000
#define ROUTING  0x4000
#define KEY      0x2000
#define SEQUENCE 0x1000

static void print_flags(struct skw_dissect *d, uint16_t flags)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} names[] = {
		{ CHECKSUM, "checksum present" },
		{ ROUTING, "routing present" },
		{ KEY, "key present" },
		{ SEQUENCE, "sequence# present" },
		{ 0x0800, "source routing present" },
	};
	const char *separator = "";

	skw_buf_add_str(d->out, ", Flags [");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(names); i++) {
		if (!(flags & names[i].bit))
			continue;
		skw_buf_add_str(d->out, separator);
		skw_buf_add_str(d->out, names[i].name);
		separator = ", ";
	}
	skw_buf_add_str(d->out, *separator ? "]" : "none]");
}

/*
 * Prints the optional fields in the order of their flags. Returns the rest of b, with p == NULL if
 * a field is cut.
 */
static struct skw_bytes print_fields(struct skw_dissect *d, uint16_t flags, struct skw_bytes b)
{
	static const uint16_t order[] = { CHECKSUM | ROUTING, KEY, SEQUENCE };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(order); i++) {
		if (!(flags & order[i]))
			continue;
		if (!skw_bytes_has(b, 0, 4)) {
			skw_dissect_cut(d, "gre");
			return (struct skw_bytes){ NULL, 0, 0 };
		}
		if (order[i] == KEY) {
			skw_buf_add_str(d->out, ", key=0x");
			skw_text_hex(d->out, skw_bytes_be32(b.p), 1);
		} else if (order[i] == SEQUENCE) {
			skw_text_field(d->out, ", seq ", skw_bytes_be32(b.p));
		} else {
			if (d->opt->verbose) {
				skw_buf_add_str(d->out, ", sum 0x");
				skw_text_hex(d->out, skw_bytes_be16(b.p), 1);
			}
			skw_buf_add_str(d->out, ", off 0x");
			skw_text_hex(d->out, skw_bytes_be16(b.p + 2), 1);
		}
		b = skw_bytes_skip(b, 4);
	}
	return b;
}

static void print_payload(struct skw_dissect *d, uint16_t type, struct skw_bytes b)
{
	switch (type) {
	case SKW_ETHER_BRIDGED:
		skw_dissect_ether(d, b);
		break;
	case SKW_ETHER_IPV4:
	case SKW_ETHER_IPV6:
	case SKW_ETHER_MPLS:
		skw_dissect_ethertype(d, type, b);
		break;
	default:
		skw_buf_add_str(d->out, "gre-proto-0x");
		skw_text_hex(d->out, type, 1);
		break;
	}
}

void skw_dissect_gre(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	(void)ip;
	if (!skw_bytes_has(b, 0, 2)) {
		skw_dissect_cut(d, "gre");
		return;
	}

	uint16_t flags = skw_bytes_be16(b.p);
	uint32_t len = b.len;

	skw_text_field(d->out, "GREv", flags & 7u);
	if (flags & 7) {
		skw_text_field(d->out, ", length ", len);
		return;
	}
	if (d->opt->verbose)
		print_flags(d, flags);
	if (!skw_bytes_has(b, 2, 2)) {
		skw_dissect_cut(d, "gre");
		return;
	}

	uint16_t type = skw_bytes_be16(b.p + 2);

	b = print_fields(d, flags, skw_bytes_skip(b, 4));
	if (!b.p)
		return;
	if (d->opt->link_header) {
		const char *name = skw_ethertype_name(type);

		skw_buf_add_str(d->out, ", proto ");
		skw_buf_add_str(d->out, name ? name : "unknown");
		skw_buf_add_str(d->out, " (0x");
		skw_text_hex(d->out, type, 4);
		skw_buf_add_char(d->out, ')');
	}
	skw_text_field(d->out, ", length ", len);
	/*
	 * Source routes of RFC 1701 may follow. They are obsolete, so nothing after them is
	 * printed.
	 */
	if (flags & ROUTING)
		return;
	skw_buf_add_str(d->out, d->opt->verbose ? "\n\t" : ": ");
	print_payload(d, type, b);
}
