// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/ip/ip6_ext.h"

#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum { OPT_PAD1 = 0x00, OPT_PADN = 0x01, OPT_ALERT = 0x05, OPT_JUMBO = 0xc2, OPT_HOME = 0xc9 };

/* The length field counts units of eight bytes and does not count the first eight bytes. */
static uint32_t ext_len(struct skw_bytes b)
{
	return (b.p[1] + 1u) * 8;
}

/* Whether the header has fewer bytes left than the option needs. */
static bool is_short(struct skw_dissect *d, uint8_t type, uint32_t left)
{
	static const struct {
		uint8_t type;
		uint8_t bytes; /* including type and length */
		const char *name;
	} least[] = {
		{ OPT_ALERT, 4, "rtalert" },
		{ OPT_JUMBO, 6, "jumbo" },
		{ OPT_HOME, 18, "homeaddr" },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(least); i++) {
		if (least[i].type != type || left >= least[i].bytes)
			continue;
		skw_buf_add_char(d->out, '(');
		skw_buf_add_str(d->out, least[i].name);
		skw_buf_add_str(d->out, ": trunc)");
		return true;
	}
	return false;
}

static bool bad_option_len(struct skw_dissect *d, const char *name, uint32_t len)
{
	skw_buf_add_char(d->out, '(');
	skw_buf_add_str(d->out, name);
	skw_text_field(d->out, ": invalid len ", len);
	skw_buf_add_char(d->out, ')');
	return false;
}

/* Prints an option. `len` bytes of data follow its type and length. */
static bool print_option(struct skw_dissect *d, uint8_t type, const uint8_t *data, uint32_t len)
{
	bool show = d->opt->verbose > 0;

	switch (type) {
	case OPT_PADN:
		if (show)
			skw_buf_add_str(d->out, "(padn)");
		return true;
	case OPT_ALERT:
		if (len != 2)
			return bad_option_len(d, "rtalert", len);
		if (show) {
			skw_buf_add_str(d->out, "(rtalert: 0x");
			skw_text_hex(d->out, skw_bytes_be16(data), 4);
			skw_buf_add_str(d->out, ") ");
		}
		return true;
	case OPT_JUMBO:
		if (len != 4)
			return bad_option_len(d, "jumbo", len);
		if (show) {
			skw_text_field(d->out, "(jumbo: ", skw_bytes_be32(data));
			skw_buf_add_str(d->out, d->jumbo ? ") " : " - payload len != 0) ");
		}
		return true;
	case OPT_HOME:
		if (len < 16)
			return bad_option_len(d, "homeaddr", len);
		if (show) {
			skw_buf_add_str(d->out, "(homeaddr: ");
			skw_text_ipv6(d->out, data);
			skw_buf_add_char(d->out, ')');
		}
		return true;
	default:
		if (show) {
			skw_buf_add_str(d->out, "(opt_type 0x");
			skw_text_hex(d->out, type, 2);
			skw_text_field(d->out, ": len=", len);
			skw_buf_add_char(d->out, ')');
		}
		return true;
	}
}

static bool print_options(struct skw_dissect *d, struct skw_bytes b)
{
	while (b.caplen) {
		uint8_t type = b.p[0];

		if (type == OPT_PAD1) {
			if (d->opt->verbose)
				skw_buf_add_str(d->out, "(pad1)");
			b = skw_bytes_skip(b, 1);
			continue;
		}

		uint32_t len = b.caplen < 2 ? 0 : b.p[1];

		if (b.caplen < 2 || !skw_bytes_has(b, 2, len))
			return false;
		if (is_short(d, type, b.caplen))
			return false;
		if (!print_option(d, type, b.p + 2, len))
			return false;
		b = skw_bytes_skip(b, 2 + len);
	}
	if (d->opt->verbose)
		skw_buf_add_char(d->out, ' ');
	return true;
}

/* With `look`, the options are checked even if they are not printed, because errors are printed. */
static uint32_t options_header(struct skw_dissect *d, struct skw_bytes b, const char *title,
			       const char *cut, bool look)
{
	if (!skw_bytes_has(b, 0, 2) || !skw_bytes_has(b, 0, ext_len(b))) {
		skw_dissect_cut(d, cut);
		return 0;
	}

	uint32_t len = ext_len(b);

	skw_buf_add_str(d->out, title);
	if (look && !print_options(d, skw_bytes_skip(skw_bytes_first(b, len), 2))) {
		skw_dissect_cut(d, cut);
		return 0;
	}
	return len;
}

uint32_t skw_dissect_ip6_hop_by_hop(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b)
{
	(void)ip;
	return options_header(d, b, "HBH ", "hbhopt", true);
}

uint32_t skw_dissect_ip6_dest_options(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b)
{
	(void)ip;
	return options_header(d, b, "DSTOPT ", "dstopt", d->opt->verbose > 0);
}

static bool cut_routing(struct skw_dissect *d)
{
	skw_dissect_cut(d, "rt6");
	return false;
}

/* Prints the four bytes before the addresses. They are reserved, or belong to segment routing. */
static bool print_routing_fields(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.p[2] == 4) {
		if (!skw_bytes_has(b, 4, 1))
			return cut_routing(d);
		skw_text_field(d->out, ", last-entry=", b.p[4]);
		if (!skw_bytes_has(b, 5, 1))
			return cut_routing(d);
		if (b.p[5] || d->opt->verbose) {
			skw_buf_add_str(d->out, ", flags=0x");
			skw_text_hex(d->out, b.p[5], 1);
		}
		if (!skw_bytes_has(b, 6, 2))
			return cut_routing(d);
		skw_text_field(d->out, ", tag=", skw_bytes_be16(b.p + 6));
		return true;
	}
	if (!skw_bytes_has(b, 4, 4))
		return cut_routing(d);
	if (skw_bytes_be32(b.p + 4) || d->opt->verbose) {
		skw_buf_add_str(d->out, ", rsv=0x");
		skw_text_hex(d->out, skw_bytes_be32(b.p + 4), 1);
	}
	return true;
}

static bool print_hops(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b)
{
	uint8_t units = b.p[1], type = b.p[2], left = b.p[3];
	uint32_t hops = units / 2;

	if (units % 2) {
		skw_text_field(d->out, " (invalid length ", units);
		skw_buf_add_char(d->out, ')');
		skw_dissect_invalid(d);
		return false;
	}
	for (uint32_t i = 0; i < hops; i++) {
		if (!skw_bytes_has(b, 8 + i * 16, 16))
			return cut_routing(d);
		skw_text_field(d->out, ", [", i);
		skw_buf_add_char(d->out, ']');
		skw_text_ipv6(d->out, b.p + 8 + i * 16);
	}
	/*
	 * Segment routing has the last hop first. In the older types the last address is the last
	 * hop until the packet has passed all hops.
	 */
	if (type == 4 && hops)
		ip->last_hop = b.p + 8;
	else if (left && hops)
		ip->last_hop = b.p + 8 + (hops - 1) * 16;
	skw_buf_add_str(d->out, ") ");
	return true;
}

/*
 * Prints the three fields that all types have. Returns false if they are cut or the type is not
 * known.
 */
static bool print_routing_start(struct skw_dissect *d, struct skw_bytes b)
{
	static const char *const labels[] = { " (len=", ", type=", ", segleft=" };

	skw_buf_add_str(d->out, "RT6");
	for (uint32_t i = 0; i < SKW_ARRAY_SIZE(labels); i++) {
		if (!skw_bytes_has(b, i + 1, 1)) {
			skw_dissect_cut(d, "rt6");
			return false;
		}
		skw_text_field(d->out, labels[i], b.p[i + 1]);
		if (i == 1 && b.p[2] == 0)
			skw_buf_add_str(d->out, " [Deprecated]");
	}
	if (b.p[2] != 0 && b.p[2] != 2 && b.p[2] != 4) {
		skw_buf_add_str(d->out, " (unknown type)");
		skw_dissect_invalid(d);
		return false;
	}
	return true;
}

uint32_t skw_dissect_ip6_routing(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b)
{
	if (!b.caplen) {
		skw_dissect_cut(d, "ip6");
		return 0;
	}
	if (!print_routing_start(d, b) || !print_routing_fields(d, b) || !print_hops(d, ip, b))
		return 0;
	return ext_len(b);
}

uint32_t skw_dissect_ip6_fragment(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, d->opt->verbose ? 8 : 4)) {
		skw_dissect_cut(d, "frag6");
		return 0;
	}

	uint32_t offset = skw_bytes_be16(b.p + 2) & 0xfff8u;

	skw_buf_add_str(d->out, "frag (");
	if (d->opt->verbose) {
		skw_buf_add_str(d->out, "0x");
		skw_text_hex(d->out, skw_bytes_be32(b.p + 4), 8);
		skw_buf_add_char(d->out, ':');
	}
	skw_buf_add_uint(d->out, offset);
	skw_text_field(d->out, "|", b.len < 8 ? 0 : b.len - 8);
	skw_buf_add_char(d->out, ')');
	ip->fragment = true;
	if (offset)
		return 0;
	skw_buf_add_char(d->out, ' ');
	return 8;
}

uint32_t skw_dissect_ip6_mobility(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b)
{
	static const char *const names[] = {
		"BRR", "HoTI", "CoTI", "HoT", "CoT", "BU", "BA", "BE"
	};

	(void)ip;
	if (!skw_bytes_has(b, 0, 3)) {
		skw_dissect_cut(d, "mobility");
		return 0;
	}
	skw_buf_add_str(d->out, "mobility: ");
	if (b.p[2] < SKW_ARRAY_SIZE(names))
		skw_buf_add_str(d->out, names[b.p[2]]);
	else
		skw_text_field(d->out, "type-#", b.p[2]);
	skw_text_field(d->out, ", length ", ext_len(b));
	return 0;
}
