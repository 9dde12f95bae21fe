// SPDX-License-Identifier: BSD-2-Clause
/* ICMP for IPv4: RFC 792, 950, 1191, 1256; multi-part messages: RFC 4884, 4950. */
#include "dissect/dissect.h"

#include "dissect/hexdata.h"
#include "dissect/ip/cksum.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum {
	ICMP_HEADER = 8,
	QUOTE_DST = ICMP_HEADER + 16, /* the destination address of the quoted packet */
	MULTIPART_AT = 136,           /* the header, and a quote padded to 128 bytes */
};

/* The text before and after the destination address of the quoted packet. */
struct around {
	const char *before, *behind;
};

static const struct around unreachable[] = {
	[0] = { "net ", " unreachable" },
	[1] = { "host ", " unreachable" },
	[4] = { "", " unreachable - need to frag" },
	[5] = { "", " unreachable - source route failed" },
	[6] = { "net ", " unreachable - unknown" },
	[7] = { "host ", " unreachable - unknown" },
	[8] = { "", " unreachable - source host isolated" },
	[9] = { "net ", " unreachable - admin prohibited" },
	[10] = { "host ", " unreachable - admin prohibited" },
	[11] = { "net ", " unreachable - tos prohibited" },
	[12] = { "host ", " unreachable - tos prohibited" },
	[13] = { "host ", " unreachable - admin prohibited filter" },
	[14] = { "host ", " unreachable - host precedence violation" },
	[15] = { "host ", " unreachable - precedence cutoff" },
};

static const struct around redirects[] = {
	{ "redirect ", " to net " },
	{ "redirect ", " to host " },
	{ "redirect-tos ", " to net " },
	{ "redirect-tos ", " to host " },
};

/* These functions append the text of a message and return false if bytes are missing. */

static bool print_echo(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, ICMP_HEADER))
		return false;
	skw_buf_add_str(d->out, b.p[0] == 8 ? "echo request, id " : "echo reply, id ");
	skw_buf_add_uint(d->out, skw_bytes_be16(b.p + 4));
	skw_text_field(d->out, ", seq ", skw_bytes_be16(b.p + 6));
	return true;
}

static bool print_port_unreachable(struct skw_dissect *d, struct skw_bytes b)
{
	const uint8_t *quote = b.p + ICMP_HEADER;
	uint32_t port_at = ICMP_HEADER + (quote[0] & 0xfu) * 4 + 2;

	if (!skw_bytes_has(b, port_at, 2))
		return false;
	skw_text_ipv4(d->out, b.p + QUOTE_DST);
	switch (quote[9]) {
	case 6:
		skw_buf_add_str(d->out, " tcp port ");
		break;
	case 17:
		skw_buf_add_str(d->out, " udp port ");
		break;
	default:
		skw_text_field(d->out, " protocol ", quote[9]);
		skw_buf_add_str(d->out, " port ");
	}
	skw_buf_add_uint(d->out, skw_bytes_be16(b.p + port_at));
	skw_buf_add_str(d->out, " unreachable");
	return true;
}

static bool print_unreachable(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, QUOTE_DST, 4))
		return false;

	uint8_t code = b.p[1];

	if (code == 3)
		return print_port_unreachable(d, b);
	if (code == 2) {
		skw_text_ipv4(d->out, b.p + QUOTE_DST);
		skw_text_field(d->out, " protocol ", b.p[ICMP_HEADER + 9]);
		skw_buf_add_str(d->out, " unreachable");
		return true;
	}
	if (code >= SKW_ARRAY_SIZE(unreachable)) {
		skw_text_ipv4(d->out, b.p + QUOTE_DST);
		skw_text_field(d->out, " unreachable - #", code);
		return true;
	}
	skw_buf_add_str(d->out, unreachable[code].before);
	skw_text_ipv4(d->out, b.p + QUOTE_DST);
	skw_buf_add_str(d->out, unreachable[code].behind);

	uint16_t mtu = skw_bytes_be16(b.p + 6);

	if (code == 4 && mtu) {
		skw_text_field(d->out, " (mtu ", mtu);
		skw_buf_add_char(d->out, ')');
	}
	return true;
}

static bool print_redirect(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, QUOTE_DST, 4))
		return false;

	uint8_t code = b.p[1];
	bool known = code < SKW_ARRAY_SIZE(redirects);

	if (known) {
		skw_buf_add_str(d->out, redirects[code].before);
	} else {
		skw_text_field(d->out, "redirect-#", code);
		skw_buf_add_char(d->out, ' ');
	}
	skw_text_ipv4(d->out, b.p + QUOTE_DST);
	skw_buf_add_str(d->out, known ? redirects[code].behind : " to ");
	skw_text_ipv4(d->out, b.p + 4);
	return true;
}

static bool print_router_advertisement(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, ICMP_HEADER))
		return false;

	unsigned count = b.p[4], size = b.p[5], lifetime = skw_bytes_be16(b.p + 6);

	skw_buf_add_str(d->out, "router advertisement lifetime ");
	if (lifetime >= 3600) {
		skw_buf_add_uint(d->out, lifetime / 3600);
		skw_buf_add_char(d->out, ':');
		skw_text_uint0(d->out, lifetime / 60 % 60, 2);
	} else if (lifetime >= 60) {
		skw_buf_add_uint(d->out, lifetime / 60);
	}
	if (lifetime >= 60) {
		skw_buf_add_char(d->out, ':');
		skw_text_uint0(d->out, lifetime % 60, 2);
	} else {
		skw_buf_add_uint(d->out, lifetime);
	}
	skw_text_field(d->out, " ", count);
	skw_buf_add_char(d->out, ':');
	if (size != 2) {
		skw_text_field(d->out, " [size ", size);
		skw_buf_add_char(d->out, ']');
		return true;
	}
	for (uint32_t i = 0, at = ICMP_HEADER; i < count; i++, at += 8) {
		if (!skw_bytes_has(b, at, 8))
			return false;
		skw_buf_add_str(d->out, " {");
		skw_text_ipv4(d->out, b.p + at);
		skw_text_field(d->out, " ", skw_bytes_be32(b.p + at + 4));
		skw_buf_add_char(d->out, '}');
	}
	return true;
}

static bool print_time_exceeded(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, QUOTE_DST, 4))
		return false;
	if (b.p[1] == 0)
		skw_buf_add_str(d->out, "time exceeded in-transit");
	else if (b.p[1] == 1)
		skw_buf_add_str(d->out, "ip reassembly time exceeded");
	else
		skw_text_field(d->out, "time exceeded-#", b.p[1]);
	return true;
}

static bool print_parameter_problem(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.p[1]) {
		skw_text_field(d->out, "parameter problem - code ", b.p[1]);
		return true;
	}
	if (!skw_bytes_has(b, 4, 1))
		return false;
	skw_text_field(d->out, "parameter problem - octet ", b.p[4]);
	return true;
}

/* Prints milliseconds since midnight UT as h:mm:ss.mmm. */
static void print_day_time(struct skw_buf *out, const char *label, uint32_t ms)
{
	uint32_t sec = ms / 1000;

	skw_buf_add_str(out, label);
	skw_text_uint0(out, sec / 3600, 2);
	skw_buf_add_char(out, ':');
	skw_text_uint0(out, sec / 60 % 60, 2);
	skw_buf_add_char(out, ':');
	skw_text_uint0(out, sec % 60, 2);
	skw_buf_add_char(out, '.');
	skw_text_uint0(out, ms % 1000, 3);
}

static bool print_timestamp(struct skw_dissect *d, struct skw_bytes b)
{
	bool reply = b.p[0] == 14;

	if (!skw_bytes_has(b, 0, reply ? ICMP_HEADER + 12 : ICMP_HEADER))
		return false;
	skw_buf_add_str(d->out, reply ? "time stamp reply id " : "time stamp query id ");
	skw_buf_add_uint(d->out, skw_bytes_be16(b.p + 4));
	skw_text_field(d->out, " seq ", skw_bytes_be16(b.p + 6));
	if (reply) {
		print_day_time(d->out, ": org ", skw_bytes_be32(b.p + 8));
		print_day_time(d->out, ", recv ", skw_bytes_be32(b.p + 12));
		print_day_time(d->out, ", xmit ", skw_bytes_be32(b.p + 16));
	}
	return true;
}

static bool print_mask_reply(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, ICMP_HEADER, 4))
		return false;
	skw_buf_add_str(d->out, "address mask is 0x");
	skw_text_hex(d->out, skw_bytes_be32(b.p + ICMP_HEADER), 8);
	return true;
}

/*
 * For each type, its name or its function, whether it quotes a packet, and whether it can have
 * several parts.
 */
static const struct icmp_type {
	bool (*print)(struct skw_dissect *d, struct skw_bytes b);
	const char *name;
	bool quotes, multipart;
} types[] = {
	[0] = { .print = print_echo },
	[3] = { .print = print_unreachable, .quotes = true, .multipart = true },
	[4] = { .name = "source quench", .quotes = true },
	[5] = { .print = print_redirect, .quotes = true },
	[8] = { .print = print_echo },
	[9] = { .print = print_router_advertisement },
	[10] = { .name = "router solicitation" },
	[11] = { .print = print_time_exceeded, .quotes = true, .multipart = true },
	[12] = { .print = print_parameter_problem, .quotes = true, .multipart = true },
	[13] = { .print = print_timestamp },
	[14] = { .print = print_timestamp },
	[15] = { .name = "information request" },
	[16] = { .name = "information reply" },
	[17] = { .name = "address mask request" },
	[18] = { .print = print_mask_reply },
};

static void print_checksum(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.caplen < b.len || b.len < 4)
		return;

	uint16_t sum = skw_cksum_sum(b.p, b.len, 0);
	uint16_t field = skw_bytes_be16(b.p + 2);

	if (sum == 0)
		return;
	skw_dissect_color(d, SKW_COLOR_BAD);
	skw_buf_add_str(d->out, " (wrong icmp cksum ");
	skw_text_hex(d->out, field, 1);
	skw_buf_add_str(d->out, " (->");
	skw_text_hex(d->out, skw_cksum_shouldbe(field, sum), 1);
	skw_buf_add_str(d->out, ")!)");
	skw_dissect_color(d, SKW_COLOR_END);
}

static void print_quote(struct skw_dissect *d, struct skw_bytes b)
{
	struct skw_bytes quote = skw_bytes_skip(b, ICMP_HEADER);

	skw_buf_add_str(d->out, "\n\t");
	if (!skw_bytes_has(quote, 2, 2)) {
		skw_dissect_cut(d, "icmp");
		return;
	}
	/*
	 * The quoted header gives the length of the whole packet, which the message quotes in part.
	 */
	quote.len = skw_bytes_be16(quote.p + 2);
	if (quote.caplen > quote.len)
		quote.caplen = quote.len;
	skw_dissect_ipv4(d, quote);
}

static void print_mpls_label(struct skw_dissect *d, struct skw_bytes object)
{
	if (!skw_bytes_has(object, 0, 4)) {
		skw_dissect_cut(d, "icmp");
		return;
	}

	uint32_t entry = skw_bytes_be32(object.p);

	skw_text_field(d->out, "\n\t    label ", entry >> 12);
	skw_text_field(d->out, ", tc ", entry >> 9 & 7);
	if (entry & 0x100)
		skw_buf_add_str(d->out, ", [S]");
	skw_text_field(d->out, ", ttl ", entry & 0xff);
}

static void print_objects(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name classes[] = {
		{ 1, "MPLS Stack Entry" },
		{ 2, "Interface Identification" },
		{ 0, NULL },
	};

	while (b.len > 4 && !d->cut) {
		if (!skw_bytes_has(b, 0, 4)) {
			skw_dissect_cut(d, "icmp");
			return;
		}

		uint16_t length = skw_bytes_be16(b.p);
		uint8_t class = b.p[2], type = b.p[3];
		const char *name = skw_text_name(classes, class);

		skw_buf_add_str(d->out, "\n\t  ");
		skw_buf_add_str(d->out, name ? name : "unknown");
		skw_text_field(d->out, " Object (", class);
		skw_text_field(d->out, "), Class-Type: ", type);
		skw_text_field(d->out, ", length ", length);
		if (class == 0 || length < 4)
			return;
		length -= 4;
		b = skw_bytes_skip(b, 4);

		struct skw_bytes object = b;

		if (class == 1 && type == 1)
			print_mpls_label(d, object);
		else
			skw_dissect_hexdata(d, object, length, "\n\t    ");
		if (b.len < length)
			return;
		b = skw_bytes_skip(b, length);
	}
}

static void print_multipart(struct skw_dissect *d, struct skw_bytes b)
{
	struct skw_bytes ext = skw_bytes_skip(b, MULTIPART_AT);
	bool whole = ext.caplen == ext.len;

	if (!skw_bytes_has(ext, 0, 4)) {
		skw_dissect_cut(d, "icmp");
		return;
	}

	/* Senders before RFC 4884 leave the length of the quote 0. */
	bool legacy = b.p[5] == 0;
	bool right = whole && skw_cksum_sum(ext.p, ext.len, 0) == 0;

	/* Without the length, only a right checksum distinguishes objects from a long quote. */
	if (legacy && whole && !right)
		return;
	skw_text_field(d->out, "\n\tICMP Multi-Part extension v", ext.p[0] >> 4);
	if (ext.p[0] >> 4 != 2) {
		skw_buf_add_str(d->out, " packet not supported");
		return;
	}
	if (whole) {
		skw_buf_add_str(d->out, ", checksum 0x");
		skw_text_hex(d->out, skw_bytes_be16(ext.p + 2), 4);
		skw_buf_add_str(d->out, right ? " (correct)" : " (incorrect)");
		skw_text_field(d->out, ", length ", ext.len);
	}
	print_objects(d, skw_bytes_skip(ext, 4));
}

void skw_dissect_icmp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	size_t start = d->out->len;

	if (!skw_bytes_has(b, 0, 2)) {
		skw_dissect_cut(d, "icmp");
		return;
	}

	static const struct icmp_type unknown;
	const struct icmp_type *t = b.p[0] < SKW_ARRAY_SIZE(types) ? &types[b.p[0]] : &unknown;

	skw_buf_add_str(d->out, "ICMP ");
	if (t->print && !t->print(d, b)) {
		/*
		 * tcpdump composes the text before it prints it, so it prints nothing of a cut
		 * message.
		 */
		d->out->len = start;
		skw_dissect_cut(d, "icmp");
		return;
	}
	if (t->name)
		skw_buf_add_str(d->out, t->name);
	else if (!t->print)
		skw_text_field(d->out, "type-#", b.p[0]);
	skw_text_field(d->out, ", length ", b.len);
	if (!d->opt->verbose)
		return;
	if (!ip->fragment)
		print_checksum(d, b);
	if (t->quotes)
		print_quote(d, b);
	if (t->multipart && b.len > MULTIPART_AT && !d->cut)
		print_multipart(d, b);
}
