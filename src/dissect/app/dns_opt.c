// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/app/dns_opt.h"

#include "dissect/app/dns_name.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

static void print_hex(struct skw_dissect *d, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		skw_text_hex(d->out, p[i], 2);
}

/*
 * Each of these functions prints a space and the value of an option that is not empty, or returns
 * false if the value is malformed.
 */

static bool print_bytes(struct skw_dissect *d, struct skw_bytes b)
{
	skw_buf_add_char(d->out, ' ');
	print_hex(d, b.p, b.len);
	return true;
}

/*
 * RFC 7871: the address family, two prefix lengths (source and scope), and the bytes of the address
 * that the prefix covers.
 */
static bool print_subnet(struct skw_dissect *d, struct skw_bytes b)
{
	uint8_t addr[16] = { 0 };

	if (b.len < 4)
		return false;

	uint16_t family = skw_bytes_be16(b.p);
	uint8_t source = b.p[2], scope = b.p[3];
	uint8_t bits = family == 1 ? 32 : 128;

	if (family < 1 || family > 2 || source > bits || scope > bits)
		return false;
	if (b.len != 4u + (source + 7u) / 8u)
		return false;
	memcpy(addr, b.p + 4, b.len - 4);
	skw_buf_add_char(d->out, ' ');
	if (family == 1)
		skw_text_ipv4(d->out, addr);
	else
		skw_text_ipv6(d->out, addr);
	skw_text_field(d->out, "/", source);
	skw_text_field(d->out, "/", scope);
	return true;
}

/* RFC 7873: 8 bytes of the client, and none or 8 to 32 bytes of the server. */
static bool print_cookie(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.len != 8 && (b.len < 16 || b.len > 40))
		return false;
	skw_buf_add_char(d->out, ' ');
	print_hex(d, b.p, 8);
	if (b.len > 8) {
		skw_buf_add_char(d->out, ' ');
		print_hex(d, b.p + 8, b.len - 8);
	}
	return true;
}

/* RFC 7828. The value is in tenths of a second. */
static bool print_keepalive(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.len != 2)
		return false;

	uint16_t tenths = skw_bytes_be16(b.p);

	skw_text_field(d->out, " ", tenths / 10);
	skw_text_field(d->out, ".", tenths % 10);
	skw_buf_add_str(d->out, " sec");
	return true;
}

static bool print_expire(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.len != 4)
		return false;
	skw_text_field(d->out, " ", skw_bytes_be32(b.p));
	skw_buf_add_str(d->out, " sec");
	return true;
}

static bool print_padding(struct skw_dissect *d, struct skw_bytes b)
{
	skw_text_field(d->out, " (", b.len);
	skw_buf_add_char(d->out, ')');
	return true;
}

static bool print_chain(struct skw_dissect *d, struct skw_bytes b)
{
	uint32_t at = 0;

	skw_buf_add_char(d->out, ' ');
	/* The name must not be compressed, so a pointer is not followed. */
	if (!(b.p[0] & 0xc0))
		skw_dns_name_print(d, b, &at);
	return true;
}

static bool print_key_tags(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.len % 2)
		return false;
	for (uint32_t i = 0; i < b.len; i += 2)
		skw_text_field(d->out, " ", skw_bytes_be16(b.p + i));
	return true;
}

static bool print_algorithms(struct skw_dissect *d, struct skw_bytes b,
			     const struct skw_text_name *names)
{
	for (uint32_t i = 0; i < b.len; i++) {
		const char *name = skw_text_name(names, b.p[i]);

		if (name) {
			skw_buf_add_char(d->out, ' ');
			skw_buf_add_str(d->out, name);
		} else {
			skw_text_field(d->out, " Alg_", b.p[i]);
		}
	}
	return true;
}

static bool print_signing(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name names[] = {
		{ 0, "DELETE" },
		{ 1, "RSAMD5" },
		{ 2, "DH" },
		{ 3, "DS" },
		{ 5, "RSASHA1" },
		{ 6, "DSA-NSEC3-SHA1" },
		{ 7, "RSASHA1-NSEC3-SHA1" },
		{ 8, "RSASHA256" },
		{ 10, "RSASHA512" },
		{ 12, "ECC-GOST" },
		{ 13, "ECDSAP256SHA256" },
		{ 14, "ECDSAP384SHA384" },
		{ 15, "ED25519" },
		{ 16, "ED448" },
		{ 252, "INDIRECT" },
		{ 253, "PRIVATEDNS" },
		{ 254, "PRIVATEOID" },
		{ 0, NULL },
	};

	return print_algorithms(d, b, names);
}

static bool print_digests(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name names[] = {
		{ 1, "SHA-1" },   { 2, "SHA-256" }, { 3, "GOST_R_34.11-94" },
		{ 4, "SHA-384" }, { 0, NULL },
	};

	return print_algorithms(d, b, names);
}

static bool print_nsec3_hashes(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name names[] = { { 1, "SHA-1" }, { 0, NULL } };

	return print_algorithms(d, b, names);
}

static const struct edns_option {
	uint16_t code;
	const char *name;
	bool (*print)(struct skw_dissect *d, struct skw_bytes b);
} options[] = {
	{ 3, "NSID", print_bytes },        { 5, "DAU", print_signing },
	{ 6, "DHU", print_digests },       { 7, "N3U", print_nsec3_hashes },
	{ 8, "ECS", print_subnet },        { 9, "EXPIRE", print_expire },
	{ 10, "COOKIE", print_cookie },    { 11, "KEEPALIVE", print_keepalive },
	{ 12, "PADDING", print_padding },  { 13, "CHAIN", print_chain },
	{ 14, "KEY-TAG", print_key_tags }, { 16, "CLIENT-TAG", print_bytes },
	{ 17, "SERVER-TAG", print_bytes },
};

static const struct edns_option *find_option(uint16_t code)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(options); i++) {
		if (options[i].code == code)
			return &options[i];
	}
	return NULL;
}

bool skw_dns_opt_print(struct skw_dissect *d, struct skw_bytes b)
{
	const char *separator = " [";

	if (!b.len)
		return true;
	while (b.len) {
		skw_buf_add_str(d->out, separator);
		separator = ",";
		if (!skw_bytes_has(b, 0, 2))
			return false;

		const struct edns_option *o = find_option(skw_bytes_be16(b.p));

		if (o)
			skw_buf_add_str(d->out, o->name);
		else
			skw_text_field(d->out, "Opt", skw_bytes_be16(b.p));
		if (!skw_bytes_has(b, 2, 2))
			return false;

		uint16_t size = skw_bytes_be16(b.p + 2);

		if (!skw_bytes_has(b, 4, size))
			return false;

		struct skw_bytes value = skw_bytes_first(skw_bytes_skip(b, 4), size);

		if (size && !(o ? o->print : print_bytes)(d, value))
			skw_buf_add_str(d->out, "  (invalid)");
		b = skw_bytes_skip(b, 4u + size);
	}
	skw_buf_add_char(d->out, ']');
	return true;
}
