// SPDX-License-Identifier: BSD-2-Clause
/* ICMP for IPv6, RFC 4443. */
#include "dissect/ip/icmp6.h"

#include "dissect/dissect.h"
#include "dissect/hexdata.h"
#include "dissect/ip/cksum.h"
#include "dissect/ip/ip_proto.h"
#include "dissect/text.h"
#include "flow/extensions.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum {
	HEADER = 8,
	QUOTE_NEXT = HEADER + 6, /* the quoted header's own next header */
	QUOTE_SRC = HEADER + 8,
	QUOTE_DST = HEADER + 24,
	QUOTE_HEADER = 40,
};

static bool print_echo(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, HEADER))
		return false;
	skw_text_field(d->out, ", id ", skw_bytes_be16(b.p + 4));
	skw_text_field(d->out, ", seq ", skw_bytes_be16(b.p + 6));
	return true;
}

static bool print_quote_dst(struct skw_dissect *d, struct skw_bytes b, const char *before)
{
	if (!skw_bytes_has(b, QUOTE_DST, 16))
		return false;
	skw_buf_add_str(d->out, before);
	skw_text_ipv6(d->out, b.p + QUOTE_DST);
	return true;
}

static bool print_port_unreachable(struct skw_dissect *d, struct skw_bytes b)
{
	struct skw_bytes behind = skw_bytes_skip(b, HEADER + QUOTE_HEADER);
	struct skw_flow_extensions ext;

	if (!skw_bytes_has(b, HEADER, QUOTE_HEADER) ||
	    skw_flow_skip_extensions(behind, 6, b.p[QUOTE_NEXT], &ext))
		return false;

	bool tcp = ext.proto == SKW_IPPROTO_TCP;

	/* Only the first fragment has ports. */
	if ((!tcp && ext.proto != SKW_IPPROTO_UDP) || ext.fragment == SKW_FLOW_LATER ||
	    !skw_bytes_has(behind, ext.len + 2, 2) || !print_quote_dst(d, b, ", "))
		return false;
	skw_buf_add_str(d->out, tcp ? " tcp port " : " udp port ");
	skw_buf_add_uint(d->out, skw_bytes_be16(behind.p + ext.len + 2));
	return true;
}

static bool print_unreachable(struct skw_dissect *d, struct skw_bytes b)
{
	/* The second text has a superfluous space, as in tcpdump. */
	static const char *const reasons[] = { ", unreachable route", ",  unreachable prohibited",
					       ", beyond scope", ", unreachable address",
					       ", unreachable port" };
	uint8_t code = b.p[1];

	if (code >= SKW_ARRAY_SIZE(reasons)) {
		skw_text_field(d->out, ", unknown unreach code (", code);
		skw_buf_add_char(d->out, ')');
		if (d->opt->verbose < 2)
			skw_dissect_hexdata(d, b, b.len, "\n\t");
		d->cut = true; /* the length is not printed then */
		return true;
	}
	skw_buf_add_str(d->out, reasons[code]);
	if (code == 4) {
		if (!print_port_unreachable(d, b))
			return false;
	} else if (!print_quote_dst(d, b, " ")) {
		return false;
	}
	if (code == 2) {
		skw_buf_add_str(d->out, ", source address ");
		skw_text_ipv6(d->out, b.p + QUOTE_SRC);
	}
	return true;
}

static bool print_too_big(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 4, 4))
		return false;
	skw_text_field(d->out, ", mtu ", skw_bytes_be32(b.p + 4));
	return true;
}

static bool print_time_exceeded(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.p[1] == 0)
		return print_quote_dst(d, b, " for ");
	if (b.p[1] == 1) {
		skw_buf_add_str(d->out, " (reassembly)");
	} else {
		skw_text_field(d->out, ", unknown code (", b.p[1]);
		skw_buf_add_char(d->out, ')');
	}
	return true;
}

static bool print_parameter_problem(struct skw_dissect *d, struct skw_bytes b)
{
	static const char *const reasons[] = { ", erroneous - octet ", ", next header - octet ",
					       ", option - octet ",
					       ", incomplete header chain - octet " };

	if (!skw_bytes_has(b, QUOTE_DST, 16))
		return false;
	if (b.p[1] < SKW_ARRAY_SIZE(reasons))
		skw_text_field(d->out, reasons[b.p[1]], skw_bytes_be32(b.p + 4));
	else
		skw_text_field(d->out, ", code-#", b.p[1]);
	return true;
}

/* The place of the length in the line. */
enum length_place {
	LENGTH_LAST,  /* at the end, but not with -v */
	LENGTH_EARLY, /* after the name with -v, otherwise at the end */
	LENGTH_DATA,  /* at the end, and then the message in hexadecimal unless -vv */
	LENGTH_ONLY,  /* at the end; the message is not dissected */
};

static const struct icmp6_type {
	uint8_t type;
	uint8_t length; /* enum length_place */
	const char *name;
	skw_icmp6_print *print;
} types[] = {
	{ 1, LENGTH_LAST, "destination unreachable", print_unreachable },
	{ 2, LENGTH_LAST, "packet too big", print_too_big },
	{ 3, LENGTH_LAST, "time exceeded in-transit", print_time_exceeded },
	{ 4, LENGTH_LAST, "parameter problem", print_parameter_problem },
	{ 128, LENGTH_LAST, "echo request", print_echo },
	{ 129, LENGTH_LAST, "echo reply", print_echo },
	{ 130, LENGTH_LAST, "multicast listener query", skw_icmp6_mld_query },
	{ 131, LENGTH_LAST, "multicast listener report", skw_icmp6_mld1 },
	{ 132, LENGTH_LAST, "multicast listener done", skw_icmp6_mld1 },
	{ 133, LENGTH_EARLY, "router solicitation", skw_icmp6_router_solicitation },
	{ 134, LENGTH_EARLY, "router advertisement", skw_icmp6_router_advertisement },
	{ 135, LENGTH_EARLY, "neighbor solicitation", skw_icmp6_neighbour_solicitation },
	{ 136, LENGTH_EARLY, "neighbor advertisement", skw_icmp6_neighbour_advertisement },
	{ 137, LENGTH_EARLY, "redirect", skw_icmp6_redirect },
	{ 143, LENGTH_LAST, "multicast listener report v2", skw_icmp6_mld2_report },
	/* Only the names of these are printed. */
	{ 138, LENGTH_ONLY, "router renumbering", NULL },
	{ 139, LENGTH_ONLY, "who-are-you request", NULL },
	{ 140, LENGTH_ONLY, "who-are-you reply", NULL },
	{ 141, LENGTH_LAST, "inverse neighbor solicitation", NULL },
	{ 142, LENGTH_LAST, "inverse neighbor advertisement", NULL },
	{ 144, LENGTH_ONLY, "ha discovery request", NULL },
	{ 145, LENGTH_ONLY, "ha discovery reply", NULL },
	{ 146, LENGTH_ONLY, "mobile router solicitation", NULL },
	{ 147, LENGTH_ONLY, "mobile router advertisement", NULL },
	{ 155, LENGTH_ONLY, "RPL", NULL },
	{ 200, LENGTH_DATA, "mtrace response", NULL },
	{ 201, LENGTH_DATA, "mtrace message", NULL },
};

static const struct icmp6_type *find_type(uint8_t value)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++) {
		if (types[i].type == value)
			return &types[i];
	}
	return NULL;
}

static void print_checksum(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (b.caplen < b.len)
		return;
	if (b.len < 4) {
		skw_dissect_cut(d, "icmp6");
		return;
	}

	uint16_t sum = skw_cksum_sum(b.p, b.len, skw_cksum_pseudo(ip, b.len));
	uint16_t field = skw_bytes_be16(b.p + 2);

	skw_dissect_cksum(d, "icmp6", field, sum);
}

void skw_dissect_icmp6(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (!b.len) {
		skw_buf_add_str(d->out, "ICMP6, length 0");
		skw_dissect_invalid(d);
		return;
	}
	if (d->opt->verbose && !ip->fragment)
		print_checksum(d, ip, b);
	if (!skw_bytes_has(b, 0, 1))
		skw_dissect_cut(d, "icmp6");
	if (d->cut)
		return;

	const struct icmp6_type *t = find_type(b.p[0]);
	enum length_place place = t ? (enum length_place)t->length : LENGTH_DATA;

	skw_buf_add_str(d->out, "ICMP6, ");
	if (t) {
		skw_buf_add_str(d->out, t->name);
	} else {
		skw_text_field(d->out, "unknown icmp6 type (", b.p[0]);
		skw_buf_add_char(d->out, ')');
	}
	if (d->opt->verbose && place == LENGTH_EARLY)
		skw_text_field(d->out, ", length ", b.len);
	if (!skw_bytes_has(b, 0, 2) || (t && t->print && !t->print(d, b)))
		skw_dissect_cut(d, "icmp6");
	if (d->cut)
		return;
	if (!d->opt->verbose || place >= LENGTH_DATA)
		skw_text_field(d->out, ", length ", b.len);
	if (d->opt->verbose < 2 && place == LENGTH_DATA)
		skw_dissect_hexdata(d, b, b.len, "\n\t");
}
