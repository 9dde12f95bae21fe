// SPDX-License-Identifier: BSD-2-Clause
/* Internet Protocol, RFC 791. */
#include "dissect/dissect.h"

#include "dissect/ip/cksum.h"
#include "dissect/ip/ip_options.h"
#include "dissect/ip/ip_proto.h"
#include "dissect/text.h"
#include "util/bytes.h"

#define HEADER_MIN  20
#define OFFSET_MASK 0x1fff
#define MORE        0x2000
#define DONT        0x4000
#define EVIL        0x8000

static const char *fragment_flags(uint16_t off)
{
	static const char *const names[] = { "none", "+",       "DF",       "+, DF",
					     "rsvd", "+, rsvd", "DF, rsvd", "+, DF, rsvd" };

	return names[off >> 13];
}

/*
 * Prints the fields of the header, for -v, and starts a new line. Returns false if the line ends
 * here.
 */
static bool print_header(struct skw_dissect *d, struct skw_bytes b, uint32_t hlen)
{
	static const char *const ecn[] = { "", ",ECT(1)", ",ECT(0)", ",CE" };
	uint8_t tos = b.p[1], ttl = b.p[8], proto = b.p[9];
	uint16_t off = skw_bytes_be16(b.p + 6);

	skw_buf_add_str(d->out, "(tos 0x");
	skw_text_hex(d->out, tos, 1);
	skw_buf_add_str(d->out, ecn[tos & 3]);
	if (ttl)
		skw_text_field(d->out, ", ttl ", ttl);
	skw_text_field(d->out, ", id ", skw_bytes_be16(b.p + 4));
	skw_text_field(d->out, ", offset ", (off & OFFSET_MASK) * 8u);
	skw_buf_add_str(d->out, ", flags [");
	skw_buf_add_str(d->out, fragment_flags(off));
	skw_buf_add_str(d->out, "], proto ");
	skw_buf_add_str(d->out, skw_ip_proto_name(proto));
	skw_text_field(d->out, " (", proto);
	skw_text_field(d->out, "), length ", skw_bytes_be16(b.p + 2));

	bool whole = true;

	if (hlen > HEADER_MIN) {
		skw_buf_add_str(d->out, ", options (");
		enum skw_ip_options_end end = skw_dissect_ip_options(
			d, skw_bytes_skip(skw_bytes_first(b, hlen), HEADER_MIN));

		if (end == SKW_IP_OPTIONS_CUT)
			return false;
		whole = end == SKW_IP_OPTIONS_GOOD;
		skw_buf_add_char(d->out, ')');
	}
	if (!d->opt->no_checksum && b.caplen >= hlen) {
		uint16_t sum = skw_cksum_sum(b.p, hlen, 0);

		if (sum) {
			uint16_t field = skw_bytes_be16(b.p + 10);

			skw_dissect_color(d, SKW_COLOR_BAD);
			skw_buf_add_str(d->out, ", bad cksum ");
			skw_text_hex(d->out, field, 1);
			skw_buf_add_str(d->out, " (->");
			skw_text_hex(d->out, skw_cksum_shouldbe(field, sum), 1);
			skw_buf_add_str(d->out, ")!");
			skw_dissect_color(d, SKW_COLOR_END);
		}
	}
	skw_buf_add_str(d->out, ")\n    ");
	return whole;
}

/* Checks the version first, because tcpdump prints it even if the rest of the header is missing. */
static bool check_version(struct skw_dissect *d, struct skw_bytes b)
{
	if (!b.caplen) {
		skw_dissect_cut(d, "ip");
		return false;
	}

	uint8_t version = b.p[0] >> 4;

	if (version == 4)
		return true;
	if (version == 6)
		skw_buf_add_str(d->out, "IP6, wrong link-layer encapsulation");
	else
		skw_text_field(d->out, "IP", version);
	skw_dissect_invalid(d);
	return false;
}

/*
 * Returns the total length, including the header, or 0 if the line ends here. Segments that the
 * kernel has not cut yet can be too long for the field. Then the field is 0, and the length of the
 * frame is taken.
 */
static uint32_t check_length(struct skw_dissect *d, struct skw_bytes b, uint32_t hlen)
{
	uint32_t len = skw_bytes_be16(b.p + 2);

	if (len == 0 && b.len > UINT16_MAX)
		return b.len;
	if (b.len < len) {
		skw_text_field(d->out, "truncated-ip - ", len - b.len);
		skw_buf_add_str(d->out, " bytes missing! ");
	}
	if (len < hlen) {
		skw_text_field(d->out, "bad-len ", len);
		return 0;
	}
	return len;
}

/* The payload of a first fragment, or of a datagram in one piece. The header has hlen bytes. */
static void print_first(struct skw_dissect *d, struct skw_ip *ip, uint32_t hlen, struct skw_bytes b)
{
	if (!skw_ip_proto_has_ports(ip->proto)) {
		skw_dissect_hosts(d, ip);
		ip->hosts_printed = true;
	}
	if (b.caplen < hlen) {
		skw_text_field(d->out, " [remaining caplen(", b.caplen);
		skw_text_field(d->out, ") < header length(", hlen);
		skw_buf_add_str(d->out, ")]");
		skw_dissect_cut(d, "ip");
		return;
	}
	skw_dissect_ip_payload(d, ip, skw_bytes_skip(b, hlen));
}

/* Takes the whole datagram, of which b begins with a header of hlen bytes. */
static void print_payload(struct skw_dissect *d, struct skw_ip *ip, uint32_t hlen,
			  struct skw_bytes b)
{
	if (!(skw_bytes_be16(b.p + 6) & OFFSET_MASK)) {
		print_first(d, ip, hlen, b);
		return;
	}
	skw_dissect_hosts(d, ip);
	skw_text_field(d->out, "ip-proto-", ip->proto);
}

void skw_dissect_ipv4(struct skw_dissect *d, struct skw_bytes b)
{
	if (!check_version(d, b))
		return;
	if (!d->opt->link_header) {
		skw_dissect_color(d, SKW_COLOR_PROTO);
		skw_buf_add(d->out, "IP", 2);
		skw_dissect_color(d, SKW_COLOR_END);
		skw_buf_add_char(d->out, ' ');
	}
	if (!skw_bytes_has(b, 0, HEADER_MIN)) {
		skw_dissect_cut(d, "ip");
		return;
	}

	uint32_t hlen = (b.p[0] & 0xfu) * 4;

	if (hlen < HEADER_MIN) {
		skw_text_field(d->out, "bad-hlen ", hlen);
		return;
	}

	uint32_t len = check_length(d, b, hlen);

	if (!len)
		return;
	/* The header determines the length, even if the frame is shorter. */
	b = skw_bytes_first(b, len);
	b.len = len;

	uint16_t off = skw_bytes_be16(b.p + 6);
	struct skw_ip ip = {
		.version = 4,
		.proto = b.p[9],
		.fragment = (off & (MORE | OFFSET_MASK)) != 0,
		.src = b.p + 12,
		.dst = b.p + 16,
	};

	if (d->opt->verbose && hlen > HEADER_MIN)
		ip.last_hop = skw_ip_options_last_hop(
			skw_bytes_skip(skw_bytes_first(b, hlen), HEADER_MIN));
	if (d->opt->verbose && !print_header(d, b, hlen)) {
		if (!d->cut) {
			skw_dissect_hosts(d, &ip);
			skw_dissect_cut(d, "ip");
		}
		return;
	}
	if (++d->depth > SKW_DISSECT_DEPTH)
		skw_buf_add_str(d->out, "[nested too deeply]");
	else
		print_payload(d, &ip, hlen, b);
	d->depth--;
}
