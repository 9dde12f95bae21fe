// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/ip/icmp6.h"

#include "dissect/text.h"
#include "util/bytes.h"

enum {
	V1_SIZE = 24,
	V2_QUERY_SIZE = 28,
	RECORD_SIZE = 20, /* size of a group record without sources */
};

bool skw_icmp6_mld1(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, V1_SIZE))
		return true;
	/* There is no space in front, as in tcpdump. */
	skw_text_field(d->out, "max resp delay: ", skw_bytes_be16(b.p + 4));
	skw_buf_add_str(d->out, " addr: ");
	skw_text_ipv6(d->out, b.p + 8);
	return true;
}

/*
 * Values from 32768 on (128 in the field of one byte) are in a floating-point format: RFC 3810
 * §5.1.3, §5.1.9.
 */
static uint32_t max_response(uint16_t code)
{
	if (code < 0x8000)
		return code;
	return (uint32_t)((code & 0xfff) | 0x1000) << ((code >> 12 & 7) + 3);
}

static uint32_t query_interval(uint8_t code)
{
	if (code < 0x80)
		return code;
	return (uint32_t)((code & 0xf) | 0x10) << ((code >> 4 & 7) + 3);
}

/* Prints the number of sources, or with -vv a list of them. */
static bool print_sources(struct skw_dissect *d, struct skw_bytes b, uint32_t at, uint16_t count)
{
	if (d->opt->verbose < 2) {
		skw_text_field(d->out, ", ", count);
		skw_buf_add_str(d->out, " source(s)");
		return true;
	}
	skw_buf_add_str(d->out, " {");
	for (; count; count--, at += 16) {
		if (!skw_bytes_has(b, at, 16))
			return false;
		skw_buf_add_char(d->out, ' ');
		skw_text_ipv6(d->out, b.p + at);
	}
	skw_buf_add_str(d->out, " }");
	return true;
}

static bool print_query2(struct skw_dissect *d, struct skw_bytes b)
{
	skw_buf_add_str(d->out, " v2");
	if (d->opt->verbose) {
		if (!skw_bytes_has(b, 4, 2))
			return false;
		skw_text_field(d->out, " [max resp delay=", max_response(skw_bytes_be16(b.p + 4)));
		skw_buf_add_char(d->out, ']');
	}
	if (!skw_bytes_has(b, 8, 16))
		return false;
	skw_buf_add_str(d->out, " [gaddr ");
	skw_text_ipv6(d->out, b.p + 8);
	if (d->opt->verbose) {
		if (!skw_bytes_has(b, 24, 1))
			return false;
		if (b.p[24] & 8)
			skw_buf_add_str(d->out, " sflag");
		if (b.p[24] & 7)
			skw_text_field(d->out, " robustness=", b.p[24] & 7);
		if (!skw_bytes_has(b, 25, 1))
			return false;
		skw_text_field(d->out, " qqi=", query_interval(b.p[25]));
	}
	if (!skw_bytes_has(b, 26, 2))
		return false;

	uint16_t sources = skw_bytes_be16(b.p + 26);

	if (sources) {
		if (b.len < V2_QUERY_SIZE + sources * 16u)
			skw_buf_add_str(d->out, " [invalid number of sources]");
		else if (!print_sources(d, b, V2_QUERY_SIZE, sources))
			return false;
	}
	skw_buf_add_char(d->out, ']');
	return true;
}

bool skw_icmp6_mld_query(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.len == V1_SIZE)
		return skw_icmp6_mld1(d, b);
	if (b.len >= V2_QUERY_SIZE)
		return print_query2(d, b);
	skw_text_field(d->out, " unknown-version (len ", b.len);
	skw_buf_add_str(d->out, ") ");
	return true;
}

bool skw_icmp6_mld2_report(struct skw_dissect *d, struct skw_bytes b)
{
	static const char *const kinds[] = { "",      "is_in", "is_ex", "to_in",
					     "to_ex", "allow", "block" };

	if (b.len < 8) {
		skw_text_field(d->out, " [invalid len ", b.len);
		skw_buf_add_char(d->out, ']');
		return true;
	}
	if (!skw_bytes_has(b, 6, 2))
		return false;

	uint16_t groups = skw_bytes_be16(b.p + 6);

	skw_text_field(d->out, ", ", groups);
	skw_buf_add_str(d->out, " group record(s)");
	if (!d->opt->verbose)
		return true;
	for (uint32_t at = 8; groups; groups--) {
		if (b.len < at + RECORD_SIZE) {
			skw_buf_add_str(d->out, " [invalid number of groups]");
			return true;
		}
		if (!skw_bytes_has(b, at + 4, 16))
			return false;
		skw_buf_add_str(d->out, " [gaddr ");
		skw_text_ipv6(d->out, b.p + at + 4);

		uint8_t kind = b.p[at];
		uint16_t sources = skw_bytes_be16(b.p + at + 2);

		skw_buf_add_char(d->out, ' ');
		if (kind >= 1 && kind <= 6) {
			skw_buf_add_str(d->out, kinds[kind]);
		} else {
			skw_text_field(d->out, " [v2-report-#", kind);
			skw_buf_add_char(d->out, ']');
		}
		if (b.len < at + RECORD_SIZE + sources * 16u) {
			skw_text_field(d->out, " [invalid number of sources ", sources);
			skw_buf_add_char(d->out, ']');
			return true;
		}
		if (!print_sources(d, b, at + RECORD_SIZE, sources))
			return false;
		skw_buf_add_char(d->out, ']');
		at += RECORD_SIZE + sources * 16u + b.p[at + 1] * 4u;
	}
	return true;
}
