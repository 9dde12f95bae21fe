// SPDX-License-Identifier: BSD-2-Clause
/* Transmission Control Protocol, RFC 9293. */
#include "dissect/dissect.h"

#include "dissect/ip/cksum.h"
#include "dissect/ip/tcp_options.h"
#include "dissect/ip/tcp_seqs.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define HEADER_MIN       20
#define RESET_REASON_MAX 30

struct tcp_header {
	uint16_t sport, dport, window, urgent;
	uint32_t seq, ack, hlen;
	uint8_t flags;
};

static void print_flags(struct skw_dissect *d, uint8_t flags)
{
	static const char letters[] = "FSRP.UEW";
	enum skw_color color = flags & SKW_TCP_RST                   ? SKW_COLOR_BAD
			       : flags & (SKW_TCP_SYN | SKW_TCP_FIN) ? SKW_COLOR_OPEN_CLOSE
								     : SKW_COLOR_END;
	char text[8];
	size_t n = 0;

	for (unsigned i = 0; i < 8; i++) {
		if (flags & 1u << i)
			text[n++] = letters[i];
	}
	skw_buf_add(d->out, "Flags [", 7);
	if (color != SKW_COLOR_END)
		skw_dissect_color(d, color);
	if (n)
		skw_buf_add(d->out, text, n);
	else
		skw_buf_add(d->out, "none", 4);
	if (color != SKW_COLOR_END)
		skw_dissect_color(d, SKW_COLOR_END);
	skw_buf_add_char(d->out, ']');
}

static void print_checksum(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (!d->opt->verbose || d->opt->no_checksum || ip->fragment || b.caplen < b.len)
		return;

	uint16_t sum = skw_cksum_sum(b.p, b.len, skw_cksum_pseudo(ip, b.len));
	uint16_t field = skw_bytes_be16(b.p + 16);

	skw_buf_add_str(d->out, ", cksum 0x");
	skw_text_hex(d->out, field, 4);
	if (!sum) {
		skw_buf_add_str(d->out, " (correct)");
		return;
	}
	skw_dissect_color(d, SKW_COLOR_BAD);
	skw_buf_add_str(d->out, " (incorrect -> 0x");
	skw_text_hex(d->out, skw_cksum_shouldbe(field, sum), 4);
	skw_buf_add_char(d->out, ')');
	skw_dissect_color(d, SKW_COLOR_END);
}

static void print_bad_hlen(struct skw_dissect *d, uint32_t hlen, const char *why, uint32_t limit)
{
	skw_text_field(d->out, " [bad hdr length ", hlen);
	skw_buf_add_str(d->out, why);
	skw_buf_add_uint(d->out, limit);
	skw_buf_add_char(d->out, ']');
}

static void print_numbers(struct skw_dissect *d, const struct tcp_header *h, uint32_t payload)
{
	if (d->opt->verbose > 1 || payload ||
	    h->flags & (SKW_TCP_SYN | SKW_TCP_FIN | SKW_TCP_RST)) {
		skw_text_field(d->out, ", seq ", h->seq);
		if (payload)
			skw_text_field(d->out, ":", h->seq + payload);
	}
	if (h->flags & SKW_TCP_ACK)
		skw_text_field(d->out, ", ack ", h->ack);
	skw_text_field(d->out, ", win ", h->window);
	if (h->flags & SKW_TCP_URG)
		skw_text_field(d->out, ", urg ", h->urgent);
}

static bool is_http(uint16_t port)
{
	return port == 80 || port == 8080;
}

/*
 * Protocols that tcpdump dissects and this program only names. Ports that other protocols use as
 * well are left out.
 */
static const struct {
	uint16_t port;
	const char *name;
} named_ports[] = {
	{ 21, ": FTP" },       { 25, ": SMTP" },       { 43, ": WHOIS" },      { 179, ": BGP" },
	{ 323, ": RPKI-RTR" }, { 554, ": RTSP" },      { 639, ": MSDP" },      { 1723, ": PPTP" },
	{ 6379, ": RESP" },    { 6633, ": OpenFlow" }, { 6653, ": OpenFlow" }, { 8554, ": RTSP" },
};

static void print_name(struct skw_dissect *d, const struct tcp_header *h)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(named_ports); i++) {
		if (named_ports[i].port == h->sport || named_ports[i].port == h->dport) {
			skw_buf_add_str(d->out, named_ports[i].name);
			return;
		}
	}
}

/* DNS is recognized by its port, TLS and HTTP are recognized by their content on any port. */
static void print_payload(struct skw_dissect *d, const struct tcp_header *h, struct skw_bytes b)
{
	if (h->sport == 53 || h->dport == 53)
		skw_dissect_dns(d, b, true);
	else if (!skw_dissect_tls(d, b) &&
		 !skw_dissect_http(d, b, is_http(h->sport) || is_http(h->dport)))
		print_name(d, h);
}

/*
 * Some systems send the reason of a reset as data (RFC 1122, section 4.2.2.12). A plus tells that
 * there is more of it.
 */
static void print_reset_reason(struct skw_dissect *d, struct skw_bytes b)
{
	skw_buf_add_str(d->out, b.caplen < b.len ? " [!RST" : " [RST");
	if (b.len > RESET_REASON_MAX)
		skw_buf_add_char(d->out, '+');
	b = skw_bytes_first(b, RESET_REASON_MAX);
	skw_buf_add_char(d->out, ' ');
	skw_dissect_text(d, b.p, b.caplen);
	skw_buf_add_char(d->out, ']');
}

static void print_rest(struct skw_dissect *d, const struct skw_ip *ip, struct tcp_header *h,
		       struct skw_bytes b)
{
	struct skw_tcp_base base = { 0, 0, 0 };
	uint32_t payload = b.len - h->hlen;

	if (d->seqs && !d->opt->absolute_seq && (h->flags & SKW_TCP_ACK))
		base = skw_tcp_seqs_base(d->seqs, ip, h->sport, h->dport, h->flags & SKW_TCP_SYN,
					 h->seq, h->ack);
	h->seq -= base.seq;
	h->ack -= base.ack;
	print_flags(d, h->flags);
	if (h->hlen > b.len) {
		print_bad_hlen(d, h->hlen, " - too long, > ", b.len);
		return;
	}
	print_checksum(d, ip, b);
	print_numbers(d, h, payload);
	if (h->hlen > HEADER_MIN &&
	    !skw_dissect_tcp_options(d, h->flags, base.sack,
				     skw_bytes_skip(skw_bytes_first(b, h->hlen), HEADER_MIN)))
		return;
	skw_text_field(d->out, ", length ", payload);
	b = skw_bytes_skip(b, h->hlen);
	if (!b.len)
		return;
	if (h->flags & SKW_TCP_RST && d->opt->verbose)
		print_reset_reason(d, b);
	else
		print_payload(d, h, b);
}

void skw_dissect_tcp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 4)) {
		struct skw_ip again = *ip;

		/* Like tcpdump, prints the hosts once more, and only one space after them. */
		again.hosts_printed = false;
		skw_dissect_hosts(d, &again);
		if (d->out->len)
			d->out->len--;
		skw_dissect_cut(d, "tcp");
		return;
	}

	struct tcp_header h = { .sport = skw_bytes_be16(b.p), .dport = skw_bytes_be16(b.p + 2) };

	skw_dissect_ports(d, ip, h.sport, h.dport);
	if (!skw_bytes_has(b, 0, HEADER_MIN)) {
		skw_dissect_cut(d, "tcp");
		return;
	}
	h.seq = skw_bytes_be32(b.p + 4);
	h.ack = skw_bytes_be32(b.p + 8);
	h.hlen = (b.p[12] >> 4) * 4u;
	h.flags = b.p[13];
	h.window = skw_bytes_be16(b.p + 14);
	h.urgent = skw_bytes_be16(b.p + 18);
	if (h.hlen < HEADER_MIN) {
		skw_text_field(d->out, " tcp ", b.len - h.hlen);
		print_bad_hlen(d, h.hlen, " - too short, < ", HEADER_MIN);
		return;
	}
	if (d->opt->quiet) {
		skw_text_field(d->out, "tcp ", b.len - h.hlen);
		if (h.hlen > b.len)
			print_bad_hlen(d, h.hlen, " - too long, > ", b.len);
		return;
	}
	print_rest(d, ip, &h, b);
}
