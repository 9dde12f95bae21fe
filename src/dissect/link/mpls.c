// SPDX-License-Identifier: BSD-2-Clause
/* Multi-Protocol Label Switching, RFC 3032. */
#include "dissect/link/types.h"

#include "dissect/link/eth.h"
#include "dissect/text.h"
#include "util/bytes.h"

enum {
	ENTRY = 4,
	BOTTOM = 0x100,
	NULL_IPV4 = 0,
	NULL_IPV6 = 2,
	NULL_IMPLICIT = 3,
	RESERVED = 16, /* labels below this one have a meaning of their own */
};

static void print_entry(struct skw_dissect *d, uint32_t entry, bool first)
{
	static const char *const names[] = { "IPv4 explicit NULL", "router alert",
					     "IPv6 explicit NULL", "implicit NULL" };
	uint32_t label = entry >> 12;

	skw_buf_add_str(d->out, first || !d->opt->verbose ? " (label " : "\n\t(label ");
	skw_buf_add_uint(d->out, label);
	if (d->opt->verbose && label < RESERVED) {
		skw_buf_add(d->out, " (", 2);
		skw_buf_add_str(d->out, label <= NULL_IMPLICIT ? names[label] : "rsvd");
		skw_buf_add_char(d->out, ')');
	}
	skw_text_field(d->out, ", tc ", entry >> 9 & 7);
	if (entry & BOTTOM)
		skw_buf_add_str(d->out, ", [S]");
	skw_text_field(d->out, ", ttl ", entry & 0xff);
	skw_buf_add_char(d->out, ')');
}

static void print_unknown(struct skw_dissect *d, struct skw_bytes b)
{
	size_t start = d->out->len;

	skw_dissect_unknown(d, b);
	if (d->out->len > start && b.caplen < b.len)
		skw_dissect_cut(d, "mpls");
}

/* Labels don't tell what follows, so the version field of an IP header must. */
static void print_payload(struct skw_dissect *d, uint32_t label, struct skw_bytes b)
{
	uint8_t first = b.caplen ? b.p[0] : 0;
	bool guess = label != NULL_IPV4 && label != NULL_IPV6 && label != NULL_IMPLICIT;

	if (guess && !b.len)
		return;
	if (guess && !b.caplen) {
		skw_dissect_cut(d, "mpls");
		return;
	}

	bool ipv4 = guess ? first >= 0x45 && first <= 0x4f : label != NULL_IPV6;
	bool ipv6 = guess ? first >> 4 == 6 : label == NULL_IPV6;
	bool osi = guess && first >= 0x81 && first <= 0x83;

	if (ipv4 || ipv6 || osi)
		skw_buf_add_str(d->out, d->opt->verbose ? "\n\t" : " ");
	if (ipv4)
		skw_dissect_ipv4(d, b);
	else if (ipv6)
		skw_dissect_ipv6(d, b);
	else if (osi)
		skw_dissect_name(d, "OSI", b.len);
	else
		print_unknown(d, b);
}

void skw_dissect_mpls(struct skw_dissect *d, struct skw_bytes b)
{
	uint32_t entry = 0;

	skw_buf_add(d->out, "MPLS", 4);
	for (bool first = true; first || !(entry & BOTTOM); first = false) {
		if (b.len < ENTRY) {
			skw_dissect_invalid(d);
			if (b.caplen < b.len) {
				d->cut = false;
				skw_dissect_cut(d, "mpls");
			}
			return;
		}
		if (!skw_bytes_has(b, 0, ENTRY)) {
			skw_dissect_cut(d, "mpls");
			return;
		}
		entry = skw_bytes_be32(b.p);
		print_entry(d, entry, first);
		b = skw_bytes_skip(b, ENTRY);
	}
	print_payload(d, entry >> 12, b);
}
