// SPDX-License-Identifier: BSD-2-Clause
/* Internet Protocol version 6, RFC 8200. */
#include "dissect/dissect.h"

#include "dissect/ip/ip6_ext.h"
#include "dissect/ip/ip_proto.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define HEADER 40

static void print_header(struct skw_dissect *d, const uint8_t *p)
{
	uint32_t first = skw_bytes_be32(p);
	uint32_t class = first >> 20 & 0xff, flow = first & 0xfffff;

	skw_buf_add_char(d->out, '(');
	if (class) {
		skw_buf_add_str(d->out, "class 0x");
		skw_text_hex(d->out, class, 2);
		skw_buf_add_str(d->out, ", ");
	}
	if (flow) {
		skw_buf_add_str(d->out, "flowlabel 0x");
		skw_text_hex(d->out, flow, 5);
		skw_buf_add_str(d->out, ", ");
	}
	skw_text_field(d->out, "hlim ", p[7]);
	skw_buf_add_str(d->out, ", next-header ");
	skw_buf_add_str(d->out, skw_ip_proto_name(p[6]));
	skw_text_field(d->out, " (", p[6]);
	skw_text_field(d->out, ") payload length: ", skw_bytes_be16(p + 4));
	skw_buf_add_str(d->out, ") ");
}

static const struct {
	uint8_t proto;
	uint32_t (*print)(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b);
} extensions[] = {
	{ SKW_IPPROTO_HOPOPTS, skw_dissect_ip6_hop_by_hop },
	{ SKW_IPPROTO_DSTOPTS, skw_dissect_ip6_dest_options },
	{ SKW_IPPROTO_ROUTING, skw_dissect_ip6_routing },
	{ SKW_IPPROTO_FRAGMENT, skw_dissect_ip6_fragment },
	{ SKW_IPPROTO_MOBILITY, skw_dissect_ip6_mobility },
	{ SKW_IPPROTO_MOBILITY_OLD, skw_dissect_ip6_mobility },
};

static void print_payload(struct skw_dissect *d, struct skw_ip *ip, uint8_t next,
			  struct skw_bytes b)
{
	if (!skw_ip_proto_has_ports(next)) {
		skw_dissect_hosts(d, ip);
		ip->hosts_printed = true;
	}
	for (;;) {
		size_t i = 0;

		while (i < SKW_ARRAY_SIZE(extensions) && extensions[i].proto != next)
			i++;
		if (i == SKW_ARRAY_SIZE(extensions)) {
			ip->proto = next;
			skw_dissect_ip_payload(d, ip, b);
			return;
		}

		uint32_t len = extensions[i].print(d, ip, b);

		if (!len)
			return;
		next = b.p[0];
		b = skw_bytes_skip(b, len);
		if (!b.caplen && extensions[i].proto == SKW_IPPROTO_FRAGMENT)
			return;
	}
}

/*
 * The length of a jumbogram (RFC 2675) if a hop-by-hop option after the header holds it, otherwise
 * 0.
 */
static uint32_t jumbo_len(struct skw_bytes b)
{
	if (b.p[6] != SKW_IPPROTO_HOPOPTS || !skw_bytes_has(b, HEADER, 8) ||
	    b.p[HEADER + 2] != 0xc2 || b.p[HEADER + 3] != 4)
		return 0;
	return skw_bytes_be32(b.p + HEADER + 4);
}

/* Returns the length of header and payload. Prints a message if bytes are missing. */
static uint32_t check_length(struct skw_dissect *d, struct skw_bytes b)
{
	uint32_t payload = skw_bytes_be16(b.p + 4);

	d->jumbo = false;
	if (!payload) {
		uint32_t jumbo = jumbo_len(b);

		d->jumbo = jumbo > 0;
		/*
		 * The kernel does not write the option into large segments that it will cut later.
		 */
		payload = jumbo ? jumbo : b.len > UINT16_MAX + HEADER ? b.len - HEADER : 0;
	}

	uint32_t len = payload > UINT32_MAX - HEADER ? UINT32_MAX : payload + HEADER;

	if (b.len < len) {
		skw_text_field(d->out, "truncated-ip6 - ", len - b.len);
		skw_buf_add_str(d->out, " bytes missing!");
	}
	return len;
}

void skw_dissect_ipv6(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, HEADER)) {
		skw_dissect_cut(d, "ip6");
		return;
	}
	if (!d->opt->link_header) {
		skw_dissect_color(d, SKW_COLOR_PROTO);
		skw_buf_add(d->out, "IP6", 3);
		skw_dissect_color(d, SKW_COLOR_END);
		skw_buf_add_char(d->out, ' ');
	}
	if (b.p[0] >> 4 != 6) {
		skw_text_field(d->out, "version error: ", b.p[0] >> 4);
		skw_buf_add_str(d->out, " != 6");
		return;
	}

	uint32_t len = check_length(d, b);

	b = skw_bytes_first(b, len);
	b.len = len;
	if (d->opt->verbose)
		print_header(d, b.p);

	struct skw_ip ip = {
		.version = 6,
		.proto = b.p[6],
		.src = b.p + 8,
		.dst = b.p + 24,
	};

	if (++d->depth > SKW_DISSECT_DEPTH)
		skw_buf_add_str(d->out, "[nested too deeply]");
	else
		print_payload(d, &ip, b.p[6], skw_bytes_skip(b, HEADER));
	d->depth--;
}
