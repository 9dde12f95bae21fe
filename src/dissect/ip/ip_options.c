// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/ip/ip_options.h"

#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum {
	EOL = 0,
	NOP = 1,
	RR = 7,
	TS = 68,
	TRACEROUTE = 82,
	SECURITY = 130,
	LSRR = 131,
	SSRR = 137,
	RA = 148
};

static void bad_length(struct skw_dissect *d, uint32_t len)
{
	skw_text_field(d->out, " [bad length ", len);
	skw_buf_add_char(d->out, ']');
}

/* Prints the addresses of a route. A comma follows each address that the pointer has passed. */
static void print_route(struct skw_dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 3) {
		bad_length(d, len);
		return;
	}
	if ((len + 1) & 3)
		bad_length(d, len);

	uint32_t ptr = p[2] - 1u;

	if (ptr < 3 || ((ptr + 1) & 3)) {
		skw_text_field(d->out, " [bad ptr ", p[2]);
		skw_buf_add_char(d->out, ']');
	}
	for (uint32_t at = 3; at + 4 <= len; at += 4) {
		skw_buf_add_char(d->out, ' ');
		skw_text_ipv4(d->out, p + at);
		if (ptr > at)
			skw_buf_add_char(d->out, ',');
	}
}

static void print_timestamps(struct skw_dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 4) {
		bad_length(d, len);
		return;
	}

	static const char *const types[] = { "TSONLY", "TS+ADDR", NULL, "PRESPEC" };
	uint8_t flags = p[3] & 0xf, missed = p[3] >> 4;
	uint32_t hop = flags ? 8 : 4;
	uint32_t ptr = p[2] - 1u;

	skw_buf_add_str(d->out, " TS{");
	if ((len - 4) % hop)
		bad_length(d, len);
	if (ptr < 4 || (ptr - 4) % hop || ptr > len) {
		skw_text_field(d->out, "[bad ptr ", p[2]);
		skw_buf_add_char(d->out, ']');
	}
	if (flags < SKW_ARRAY_SIZE(types) && types[flags]) {
		skw_buf_add_str(d->out, types[flags]);
	} else {
		skw_text_field(d->out, "[bad ts type ", flags);
		skw_buf_add_char(d->out, ']');
		skw_buf_add_char(d->out, '}');
		return;
	}

	const char *what = "";

	for (uint32_t at = 4; at + hop <= len; at += hop) {
		if (ptr == at)
			what = " ^ ";
		skw_buf_add_str(d->out, what);
		skw_text_field(d->out, *what ? "" : " ", skw_bytes_be32(p + at + hop - 4));
		skw_buf_add_char(d->out, '@');
		if (hop == 8)
			skw_text_ipv4(d->out, p + at);
		what = " ";
	}
	if (ptr == len)
		skw_buf_add_str(d->out, " ^ ");
	if (missed) {
		skw_text_field(d->out, " [", missed);
		skw_buf_add_str(d->out, " hops not recorded]} ");
	} else {
		skw_buf_add_char(d->out, '}');
	}
}

static void print_alert(struct skw_dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 4)
		bad_length(d, len);
	else if (skw_bytes_be16(p + 2))
		skw_text_field(d->out, " value ", skw_bytes_be16(p + 2));
}

static const struct {
	uint8_t code;
	const char *name;
	void (*print)(struct skw_dissect *d, const uint8_t *p, uint32_t len); /* may be NULL */
} options[] = {
	{ EOL, "EOL", NULL },
	{ NOP, "NOP", NULL },
	{ RR, "RR", print_route },
	{ TS, "timestamp", print_timestamps },
	{ TRACEROUTE, "traceroute", NULL },
	{ SECURITY, "security", NULL },
	{ LSRR, "LSRR", print_route },
	{ SSRR, "SSRR", print_route },
	{ RA, "RA", print_alert },
};

static enum skw_ip_options_end cut(struct skw_dissect *d)
{
	skw_dissect_cut(d, "ip");
	return SKW_IP_OPTIONS_CUT;
}

enum skw_ip_options_end skw_dissect_ip_options(struct skw_dissect *d, struct skw_bytes b)
{
	const char *separator = "";

	while (b.len) {
		skw_buf_add_str(d->out, separator);
		separator = ",";
		if (!b.caplen)
			return cut(d);

		uint8_t code = b.p[0];
		size_t i = 0;

		while (i < SKW_ARRAY_SIZE(options) && options[i].code != code)
			i++;
		if (i < SKW_ARRAY_SIZE(options))
			skw_buf_add_str(d->out, options[i].name);
		else
			skw_text_field(d->out, "unknown ", code);

		uint32_t len = 1;

		if (code != EOL && code != NOP) {
			if (b.len > 1 && b.caplen < 2)
				return cut(d);
			len = b.len > 1 ? b.p[1] : 1;
			if (len < 2 || len > b.len) {
				bad_length(d, len);
				return SKW_IP_OPTIONS_GOOD;
			}
		}
		if (!skw_bytes_has(b, 0, len)) {
			skw_buf_add_str(d->out, " [truncated-option]");
			return SKW_IP_OPTIONS_CUT_DATA;
		}
		if (code == EOL)
			return SKW_IP_OPTIONS_GOOD;
		if (i < SKW_ARRAY_SIZE(options) && options[i].print)
			options[i].print(d, b.p, len);
		b = skw_bytes_skip(b, len);
	}
	return SKW_IP_OPTIONS_GOOD;
}

const uint8_t *skw_ip_options_last_hop(struct skw_bytes b)
{
	while (b.caplen >= 2 && b.p[0] != EOL) {
		uint32_t len = b.p[0] == NOP ? 1 : b.p[1];

		if (b.p[0] != NOP && (len < 2 || !skw_bytes_has(b, 0, len)))
			return NULL;
		if ((b.p[0] == LSRR || b.p[0] == SSRR) && len >= 7)
			return b.p + len - 4;
		b = skw_bytes_skip(b, len);
	}
	return NULL;
}
