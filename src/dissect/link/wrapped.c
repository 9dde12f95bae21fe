// SPDX-License-Identifier: BSD-2-Clause
/* Headers in front of packets of other link types, which they name: PPI, PKTAP, NFLOG. */
#include "dissect/link/types.h"

#include <pcap/pcap.h>
#include <string.h>

#include "dissect/link/eth.h"
#include "dissect/text.h"
#include "flow/wrapped.h"
#include "util/bytes.h"

static const char *dlt_name(uint32_t dlt)
{
	const char *name = dlt <= INT32_MAX ? pcap_datalink_val_to_name((int)dlt) : NULL;

	return name ? name : "UNKNOWN";
}

/* Prints the packet inside. Returns the length of its headers. */
static uint32_t print_inner(struct skw_dissect *d, skw_link_fn *print, struct skw_bytes b)
{
	uint32_t used = 0;

	if (++d->depth > SKW_WRAPPED_DEPTH)
		skw_buf_add_str(d->out, "[nested too deeply]");
	else
		used = print(d, b);
	d->depth--;
	return used;
}

static void print_ppi_header(struct skw_dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t dlt = skw_bytes_le32(p + 4);

	if (d->opt->quiet) {
		skw_buf_add_str(d->out, dlt_name(dlt));
	} else {
		skw_text_field(d->out, "V.", p[0]);
		skw_buf_add_str(d->out, " DLT ");
		skw_buf_add_str(d->out, dlt_name(dlt));
		skw_text_field(d->out, " (", dlt);
		skw_text_field(d->out, ") len ", skw_bytes_le16(p + 2));
	}
	skw_text_field(d->out, ", length ", len);
	skw_buf_add(d->out, ": ", 2);
}

uint32_t skw_dissect_ppi(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, SKW_WRAPPED_PPI)) {
		skw_dissect_cut(d, "ppi");
		return b.caplen;
	}

	uint32_t used = skw_bytes_le16(b.p + 2), dlt = skw_bytes_le32(b.p + 4);

	if (used < SKW_WRAPPED_PPI || used > SKW_WRAPPED_PPI_MAX) {
		skw_text_field(d->out, " [length ", used);
		skw_buf_add_str(d->out, " < 8 or > 65532]");
		skw_dissect_invalid(d);
		return b.caplen;
	}
	if (b.caplen < used) {
		skw_dissect_cut(d, "ppi");
		return b.caplen;
	}

	skw_link_fn *print = dlt <= INT32_MAX ? skw_dissect_link_type((int)dlt) : NULL;

	if (d->opt->link_header || !print)
		print_ppi_header(d, b.p, b.len);
	b = skw_bytes_skip(b, used);
	if (print)
		return used + print_inner(d, print, b);
	skw_dissect_unknown(d, b);
	return used;
}

/* A text of at most n bytes that may end with a zero byte. */
static void print_text(struct skw_dissect *d, const uint8_t *p, size_t n)
{
	skw_dissect_text(d, p, strnlen((const char *)p, n));
}

/* Apple's header tells the interface, the direction and the process, too. */
static void print_pktap_header(struct skw_dissect *d, const uint8_t *p, uint32_t len)
{
	enum { IFNAME = 12, FLAGS = 36, PID = 52, COMMAND = 56 };
	uint32_t dlt = skw_bytes_le32(p + 8), flags = skw_bytes_le32(p + FLAGS);

	if (d->opt->quiet) {
		skw_buf_add_str(d->out, dlt_name(dlt));
	} else {
		skw_buf_add_str(d->out, "DLT ");
		skw_buf_add_str(d->out, dlt_name(dlt));
		skw_text_field(d->out, " (", dlt);
		skw_text_field(d->out, ") len ", skw_bytes_le32(p));
	}
	if (!d->opt->quiet && p[IFNAME]) {
		skw_buf_add(d->out, ", ", 2);
		print_text(d, p + IFNAME, 24);
		if (flags & 3)
			skw_buf_add_str(d->out, flags & 1 ? " In" : " Out");
	}
	if (!d->opt->quiet && p[COMMAND]) {
		skw_buf_add(d->out, ", ", 2);
		print_text(d, p + COMMAND, 20);
		skw_text_field(d->out, "[", skw_bytes_le32(p + PID));
		skw_buf_add_char(d->out, ']');
	}
	skw_text_field(d->out, ", length ", len);
	skw_buf_add(d->out, ": ", 2);
}

static void print_pktap_wrong(struct skw_dissect *d, const char *what, uint32_t value,
			      const char *than, uint32_t limit)
{
	skw_text_field(d->out, what, value);
	skw_text_field(d->out, than, limit);
	skw_buf_add_char(d->out, ')');
	skw_dissect_invalid(d);
}

static uint32_t print_pktap_packet(struct skw_dissect *d, struct skw_bytes b, uint32_t used)
{
	uint32_t dlt = skw_bytes_le32(b.p + 8), record = skw_bytes_le32(b.p + 4);
	skw_link_fn *print = dlt <= INT32_MAX ? skw_dissect_link_type((int)dlt) : NULL;
	bool packet = record == SKW_WRAPPED_PKTAP_PACKET;

	if (d->opt->link_header || (packet && !print))
		print_pktap_header(d, b.p, b.len);
	b = skw_bytes_skip(b, used);
	if (packet && print)
		return used + print_inner(d, print, b);
	if (packet)
		skw_dissect_unknown(d, b);
	else if (!record)
		skw_buf_add_str(d->out, "no data");
	return used;
}

uint32_t skw_dissect_pktap(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.len < SKW_WRAPPED_PKTAP) {
		print_pktap_wrong(d, " (packet too short, ", b.len, " < ", SKW_WRAPPED_PKTAP);
		return 0;
	}
	if (!skw_bytes_has(b, 0, SKW_WRAPPED_PKTAP)) {
		skw_dissect_cut(d, "pktap");
		return 0;
	}

	uint32_t used = skw_bytes_le32(b.p);

	if (used < SKW_WRAPPED_PKTAP)
		print_pktap_wrong(d, " (pkt_len too small, ", used, " < ", SKW_WRAPPED_PKTAP);
	else if (used > b.len)
		print_pktap_wrong(d, " (pkt_len too big, ", used, " > ", b.len);
	else if (used > b.caplen)
		skw_dissect_cut(d, "pktap");
	else
		return print_pktap_packet(d, b, used);
	return 0;
}

static void print_nflog_header(struct skw_dissect *d, const uint8_t *p, uint32_t len)
{
	const char *name = p[0] == SKW_WRAPPED_NFLOG_IPV4   ? "IPv4"
			   : p[0] == SKW_WRAPPED_NFLOG_IPV6 ? "IPv6"
							    : NULL;

	skw_text_field(d->out, "version ", p[1]);
	skw_text_field(d->out, ", resource ID ", skw_bytes_be16(p + 2));
	if (!d->opt->quiet) {
		skw_buf_add_str(d->out, ", family ");
		skw_buf_add_str(d->out, name ? name : "Unknown");
		skw_text_field(d->out, " (", p[0]);
		skw_buf_add_char(d->out, ')');
	} else if (name) {
		skw_buf_add(d->out, ", ", 2);
		skw_buf_add_str(d->out, name);
	} else {
		skw_buf_add_str(d->out, ", Unknown NFLOG (0x");
		skw_text_hex(d->out, p[0], 2);
		skw_buf_add_char(d->out, ')');
	}
	skw_text_field(d->out, ", length ", len);
	skw_buf_add(d->out, ": ", 2);
}

/* Values of netlink in front of the packet that a rule of netfilter has logged. */
uint32_t skw_dissect_nflog(struct skw_dissect *d, struct skw_bytes b)
{
	struct skw_bytes payload;

	if (!skw_bytes_has(b, 0, SKW_WRAPPED_NFLOG)) {
		skw_dissect_cut(d, "nflog");
		return b.caplen;
	}
	if (b.p[1]) {
		skw_text_field(d->out, "version ", b.p[1]);
		skw_buf_add_str(d->out, " (unknown)");
		return SKW_WRAPPED_NFLOG;
	}
	if (d->opt->link_header)
		print_nflog_header(d, b.p, b.len);
	if (skw_wrapped_nflog(b, &payload)) {
		skw_dissect_cut(d, "nflog");
		return SKW_WRAPPED_NFLOG;
	}
	if (b.p[0] == SKW_WRAPPED_NFLOG_IPV4) {
		skw_dissect_ipv4(d, payload);
	} else if (b.p[0] == SKW_WRAPPED_NFLOG_IPV6) {
		skw_dissect_ipv6(d, payload);
	} else {
		if (!d->opt->link_header)
			print_nflog_header(d, b.p, payload.len + SKW_WRAPPED_NFLOG);
		skw_dissect_unknown(d, payload);
	}
	return (uint32_t)(payload.p - b.p);
}
