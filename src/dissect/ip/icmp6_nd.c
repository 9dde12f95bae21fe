// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/ip/icmp6.h"

#include "dissect/app/dns_name.h"
#include "dissect/hexdata.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

/* An option: its place among the options and its size in bytes, which is a multiple of eight. */
struct nd_option {
	struct skw_bytes all;
	uint32_t at, size;
};

/* Whether the first n bytes of the option were captured. Sets *p to the option. */
static bool option_has(const struct nd_option *o, uint32_t n, const uint8_t **p)
{
	*p = o->all.p + o->at;
	return skw_bytes_has(o->all, o->at, n);
}

static void print_lifetime(struct skw_dissect *d, uint32_t sec)
{
	if (sec == UINT32_MAX) {
		skw_buf_add_str(d->out, "infinity");
	} else {
		skw_buf_add_uint(d->out, sec);
		skw_buf_add_char(d->out, 's');
	}
}

/* Prints "Flags [a, b]" with the names of the bits that are set. */
static void print_flags(struct skw_dissect *d, uint32_t value, const struct skw_text_name *names)
{
	const char *separator = "";

	skw_buf_add_str(d->out, "Flags [");
	for (; names->name; names++) {
		if (value & names->value) {
			skw_buf_add_str(d->out, separator);
			skw_buf_add_str(d->out, names->name);
			separator = ", ";
		}
	}
	skw_buf_add_str(d->out, *separator ? "]" : "none]");
}

/* Router preference, RFC 4191: a signed number of two bits. */
static const char *preference(uint8_t flags)
{
	static const char *const names[] = { "medium", "high", "rsv", "low" };

	return names[flags >> 3 & 3];
}

static bool print_link_address(struct skw_dissect *d, const struct nd_option *o)
{
	const uint8_t *p;

	if (!option_has(o, o->size, &p))
		return false;
	skw_text_hex_colons(d->out, p + 2, o->size - 2);
	return true;
}

static bool print_prefix(struct skw_dissect *d, const struct nd_option *o)
{
	static const struct skw_text_name flags[] = {
		{ 0x80, "onlink" },
		{ 0x40, "auto" },
		{ 0x20, "router" },
		{ 0, NULL },
	};
	const uint8_t *p;

	if (!option_has(o, 32, &p))
		return false;
	skw_text_ipv6(d->out, p + 16);
	skw_text_field(d->out, "/", p[2]);
	skw_buf_add_str(d->out, ", ");
	print_flags(d, p[3], flags);
	skw_buf_add_str(d->out, ", valid time ");
	print_lifetime(d, skw_bytes_be32(p + 4));
	skw_buf_add_str(d->out, ", pref. time ");
	print_lifetime(d, skw_bytes_be32(p + 8));
	return true;
}

static bool print_redirected(struct skw_dissect *d, const struct nd_option *o)
{
	skw_dissect_hexdata(d, skw_bytes_skip(o->all, o->at), o->size, "\n\t    ");
	return true;
}

static bool print_mtu(struct skw_dissect *d, const struct nd_option *o)
{
	const uint8_t *p;

	if (!option_has(o, 8, &p))
		return false;
	skw_text_field(d->out, " ", skw_bytes_be32(p + 4));
	if (o->size != 8)
		skw_buf_add_str(d->out, "bad option length");
	return true;
}

static bool print_interval(struct skw_dissect *d, const struct nd_option *o)
{
	const uint8_t *p;

	if (!option_has(o, 8, &p))
		return false;
	skw_text_field(d->out, " ", skw_bytes_be32(p + 4));
	skw_buf_add_str(d->out, "ms");
	return true;
}

static bool print_home_agent(struct skw_dissect *d, const struct nd_option *o)
{
	const uint8_t *p;

	if (!option_has(o, 8, &p))
		return false;
	skw_text_field(d->out, " preference ", skw_bytes_be16(p + 4));
	skw_text_field(d->out, ", lifetime ", skw_bytes_be16(p + 6));
	return true;
}

static bool print_route(struct skw_dissect *d, const struct nd_option *o)
{
	uint8_t prefix[16] = { 0 };
	const uint8_t *p;

	if (o->size > 24 || !option_has(o, o->size, &p))
		return false;
	memcpy(prefix, p + 8, o->size - 8);
	skw_buf_add_char(d->out, ' ');
	skw_text_ipv6(d->out, prefix);
	skw_text_field(d->out, "/", p[2]);
	skw_buf_add_str(d->out, ", pref=");
	skw_buf_add_str(d->out, preference(p[3]));
	skw_buf_add_str(d->out, ", lifetime=");
	print_lifetime(d, skw_bytes_be32(p + 4));
	return true;
}

static bool print_dns_servers(struct skw_dissect *d, const struct nd_option *o)
{
	const uint8_t *p;

	if (!option_has(o, 8, &p))
		return false;
	skw_text_field(d->out, " lifetime ", skw_bytes_be32(p + 4));
	skw_buf_add_str(d->out, "s,");
	for (uint32_t at = 8; at + 16 <= o->size; at += 16) {
		if (!skw_bytes_has(o->all, o->at + at, 16))
			return false;
		skw_buf_add_str(d->out, " addr: ");
		skw_text_ipv6(d->out, p + at);
	}
	return true;
}

static bool print_dns_search(struct skw_dissect *d, const struct nd_option *o)
{
	uint32_t at = o->at + 8, end = o->at + o->size;
	const uint8_t *p;

	if (!option_has(o, 8, &p))
		return false;
	skw_text_field(d->out, " lifetime ", skw_bytes_be32(p + 4));
	skw_buf_add_str(d->out, "s, domain(s):");
	while (at < end) {
		if (!skw_bytes_has(o->all, at, 1))
			return false;
		if (!o->all.p[at])
			break;
		skw_buf_add_char(d->out, ' ');
		if (!skw_dns_name_print(d, o->all, &at))
			return false;
	}
	return true;
}

static const struct kind {
	uint8_t type;
	const char *name;
	bool (*print)(struct skw_dissect *d, const struct nd_option *o);
} kinds[] = {
	{ 1, "source link-address", print_link_address },
	{ 2, "destination link-address", print_link_address },
	{ 3, "prefix info", print_prefix },
	{ 4, "redirected header", print_redirected },
	{ 5, "mtu", print_mtu },
	{ 7, "advertisement interval", print_interval },
	{ 8, "homeagent information", print_home_agent },
	{ 24, "route info", print_route },
	{ 25, "rdnss", print_dns_servers },
	{ 31, "dnssl", print_dns_search },
};

static const struct kind *find_kind(uint8_t type)
{
	static const struct kind unknown = { 0, "unknown", NULL };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(kinds); i++) {
		if (kinds[i].type == type)
			return &kinds[i];
	}
	return &unknown;
}

static bool print_options(struct skw_dissect *d, struct skw_bytes b)
{
	if (!d->opt->verbose)
		return true;
	for (struct nd_option o = { .all = b }; o.at < b.caplen; o.at += o.size) {
		if (!skw_bytes_has(b, o.at, 2))
			return false;

		const struct kind *kind = find_kind(b.p[o.at]);

		o.size = b.p[o.at + 1] * 8u;
		if (!o.size || b.len - o.at < o.size || !skw_bytes_has(b, o.at, o.size))
			return false;
		skw_buf_add_str(d->out, "\n\t  ");
		skw_buf_add_str(d->out, kind->name);
		skw_text_field(d->out, " option (", b.p[o.at]);
		skw_text_field(d->out, "), length ", o.size);
		skw_text_field(d->out, " (", o.size / 8);
		skw_buf_add_str(d->out, "): ");

		struct skw_bytes value = skw_bytes_skip(b, o.at + 2);

		if (kind->print) {
			if (!kind->print(d, &o))
				return false;
		} else if (d->opt->verbose < 2) {
			skw_dissect_hexdata(d, value, o.size - 2, "\n\t  ");
			return true;
		}
		if (d->opt->verbose > 1)
			skw_dissect_hexdata(d, value, o.size - 2, "\n\t    ");
	}
	return true;
}

bool skw_icmp6_router_solicitation(struct skw_dissect *d, struct skw_bytes b)
{
	return print_options(d, skw_bytes_skip(b, 8));
}

bool skw_icmp6_router_advertisement(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name flags[] = {
		{ 0x80, "managed" },
		{ 0x40, "other stateful" },
		{ 0x20, "home agent" },
		{ 0x02, "ipv6 only" },
		{ 0, NULL },
	};

	if (!d->opt->verbose)
		return true;
	if (!skw_bytes_has(b, 0, 16))
		return false;
	skw_text_field(d->out, "\n\thop limit ", b.p[4]);
	skw_buf_add_str(d->out, ", ");
	print_flags(d, b.p[5], flags);
	skw_buf_add_str(d->out, ", pref ");
	skw_buf_add_str(d->out, preference(b.p[5]));
	skw_text_field(d->out, ", router lifetime ", skw_bytes_be16(b.p + 6));
	skw_text_field(d->out, "s, reachable time ", skw_bytes_be32(b.p + 8));
	skw_text_field(d->out, "ms, retrans timer ", skw_bytes_be32(b.p + 12));
	skw_buf_add_str(d->out, "ms");
	return print_options(d, skw_bytes_skip(b, 16));
}

bool skw_icmp6_neighbour_solicitation(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 8, 16))
		return false;
	skw_buf_add_str(d->out, ", who has ");
	skw_text_ipv6(d->out, b.p + 8);
	return print_options(d, skw_bytes_skip(b, 24));
}

bool skw_icmp6_neighbour_advertisement(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name flags[] = {
		{ 0x80, "router" },
		{ 0x40, "solicited" },
		{ 0x20, "override" },
		{ 0, NULL },
	};

	if (!skw_bytes_has(b, 8, 16))
		return false;
	skw_buf_add_str(d->out, ", tgt is ");
	skw_text_ipv6(d->out, b.p + 8);
	if (d->opt->verbose) {
		skw_buf_add_str(d->out, ", ");
		print_flags(d, b.p[4], flags);
	}
	return print_options(d, skw_bytes_skip(b, 24));
}

bool skw_icmp6_redirect(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 8, 32))
		return false;
	skw_buf_add_str(d->out, ", ");
	skw_text_ipv6(d->out, b.p + 24);
	skw_buf_add_str(d->out, " to ");
	skw_text_ipv6(d->out, b.p + 8);
	return print_options(d, skw_bytes_skip(b, 40));
}
