/* SPDX-License-Identifier: BSD-2-Clause */
/* Appends numbers and addresses as text to a buffer. printf() would be slower. */
#ifndef SKW_DISSECT_TEXT_H
#define SKW_DISSECT_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* Lower-case hexadecimal without a prefix, with leading zeros up to `digits` (at most 8). */
void skw_text_hex(struct skw_buf *out, uint32_t v, unsigned digits);
/* Decimal, with leading zeros up to `digits` (at most 20). */
void skw_text_uint0(struct skw_buf *out, uint64_t v, unsigned digits);
/* A label and a decimal number after it: (", ttl ", 64). */
void skw_text_field(struct skw_buf *out, const char *label, uint64_t v);

/* Six bytes as 00:11:22:33:44:55, and n bytes in the same form. */
void skw_text_mac(struct skw_buf *out, const uint8_t *p);
void skw_text_hex_colons(struct skw_buf *out, const uint8_t *p, size_t n);
/*
 * 4 bytes, and 16 bytes (RFC 5952; IPv4-mapped and IPv4-compatible addresses end in dotted form).
 */
void skw_text_ipv4(struct skw_buf *out, const uint8_t *p);
void skw_text_ipv6(struct skw_buf *out, const uint8_t *p);

/*
 * Names of values. The table ends with a NULL name. The look-up returns NULL for an unknown value.
 */
struct skw_text_name {
	uint32_t value;
	const char *name;
};
const char *skw_text_name(const struct skw_text_name *table, uint32_t value);
/* Prints the names of the bits of v with ", " between them, or "none" if the table has no such bit.
 */
void skw_text_bits(struct skw_buf *out, const struct skw_text_name *table, uint32_t v);

#endif
