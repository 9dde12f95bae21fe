// SPDX-License-Identifier: BSD-2-Clause
/* Link types whose header is hardly more than an address family: NULL, LOOP, ENC. */
#include "dissect/link/types.h"

#include "dissect/link/eth.h"
#include "dissect/link/ethertype.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

/* Sets *ethertype, to 0 for families that are only named. Returns NULL for unknown families. */
static const char *family_name(uint32_t family, uint16_t *ethertype)
{
	static const struct {
		uint32_t family;
		uint16_t ethertype;
		const char *name;
	} families[] = {
		{ 2, SKW_ETHER_IPV4, "IPv4" },  /* AF_INET of every system */
		{ 24, SKW_ETHER_IPV6, "IPv6" }, /* AF_INET6 of NetBSD and OpenBSD */
		{ 28, SKW_ETHER_IPV6, "IPv6" }, /* AF_INET6 of FreeBSD */
		{ 30, SKW_ETHER_IPV6, "IPv6" }, /* AF_INET6 of macOS */
		{ 7, 0, "ISO" },
		{ 16, 0, "AppleTalk" },
		{ 23, 0, "IPX" },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(families); i++) {
		if (families[i].family == family) {
			*ethertype = families[i].ethertype;
			return families[i].name;
		}
	}
	return NULL;
}

static void print_family(struct skw_dissect *d, uint32_t family, const char *name, uint32_t len)
{
	if (d->opt->quiet && name) {
		skw_buf_add_str(d->out, name);
	} else if (d->opt->quiet) {
		skw_text_field(d->out, "Unknown AF ", family);
	} else {
		skw_buf_add_str(d->out, "AF ");
		skw_buf_add_str(d->out, name ? name : "Unknown");
		skw_text_field(d->out, " (", family);
		skw_buf_add_char(d->out, ')');
	}
	skw_text_field(d->out, ", length ", len);
	skw_buf_add(d->out, ": ", 2);
}

/* The header is the address family in the byte order of the host that captured. */
uint32_t skw_dissect_null(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 4)) {
		skw_dissect_cut(d, "null");
		return 0;
	}

	uint32_t family =
		(uint32_t)b.p[3] << 24 | (uint32_t)b.p[2] << 16 | (uint32_t)b.p[1] << 8 | b.p[0];

	if (family & 0xffff0000)
		family = skw_bytes_be32(b.p);

	uint16_t ethertype = 0;
	const char *name = family_name(family, &ethertype);

	if (d->opt->link_header || !name)
		print_family(d, family, name, b.len);
	b = skw_bytes_skip(b, 4);
	if (ethertype)
		skw_dissect_ethertype(d, ethertype, b);
	else if (name)
		skw_dissect_name(d, name, b.len);
	else
		skw_dissect_unknown(d, b);
	return 4;
}

/* IPsec of the BSDs: the family and the flags in the byte order of the host, and the SPI. */
uint32_t skw_dissect_enc(struct skw_dissect *d, struct skw_bytes b)
{
	enum { HEADER = 12, AUTHENTIC = 0x800, CONFIDENTIAL = 0x400 };

	if (!skw_bytes_has(b, 0, HEADER)) {
		skw_dissect_cut(d, "enc");
		return 0;
	}

	bool swapped = b.p[0] == 0 && b.p[1] == 0; /* families are small numbers */
	uint32_t family = skw_bytes_be32(b.p), flags = skw_bytes_be32(b.p + 8);
	uint16_t ethertype;

	if (!swapped) {
		family = __builtin_bswap32(family);
		flags = __builtin_bswap32(flags);
	}
	if (!flags)
		skw_buf_add_str(d->out, "(unprotected): ");
	else
		skw_buf_add_char(d->out, '(');
	if (flags & AUTHENTIC)
		skw_buf_add_str(d->out, flags == AUTHENTIC ? "authentic): " : "authentic,");
	flags &= ~(uint32_t)AUTHENTIC;
	if (flags & CONFIDENTIAL)
		skw_buf_add_str(d->out,
				flags == CONFIDENTIAL ? "confidential): " : "confidential,");
	skw_buf_add_str(d->out, "SPI 0x");
	skw_text_hex(d->out, skw_bytes_be32(b.p + 4), 8);
	skw_buf_add(d->out, ": ", 2);
	if (family_name(family, &ethertype) && ethertype)
		skw_dissect_ethertype(d, ethertype, skw_bytes_skip(b, HEADER));
	return HEADER;
}
