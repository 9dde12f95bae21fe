// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/text.h"

#include <stdbool.h>

static const char hex_digits[] = "0123456789abcdef";

void skw_text_hex(struct skw_buf *out, uint32_t v, unsigned digits)
{
	char text[8];
	size_t at = sizeof(text);

	if (digits > sizeof(text))
		digits = sizeof(text);
	do {
		text[--at] = hex_digits[v & 0xf];
		v >>= 4;
	} while (v || at > sizeof(text) - digits);
	skw_buf_add(out, text + at, sizeof(text) - at);
}

void skw_text_uint0(struct skw_buf *out, uint64_t v, unsigned digits)
{
	char text[20];
	size_t at = sizeof(text);

	if (digits > sizeof(text))
		digits = sizeof(text);
	do {
		text[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v || at > sizeof(text) - digits);
	skw_buf_add(out, text + at, sizeof(text) - at);
}

void skw_text_field(struct skw_buf *out, const char *label, uint64_t v)
{
	skw_buf_add_str(out, label);
	skw_buf_add_uint(out, v);
}

void skw_text_hex_colons(struct skw_buf *out, const uint8_t *p, size_t n)
{
	char *text = n ? (char *)skw_buf_reserve(out, n * 3) : NULL;

	if (!text)
		return;
	for (size_t i = 0; i < n; i++) {
		*text++ = hex_digits[p[i] >> 4];
		*text++ = hex_digits[p[i] & 0xf];
		*text++ = ':';
	}
	out->len += n * 3 - 1;
}

void skw_text_mac(struct skw_buf *out, const uint8_t *p)
{
	skw_text_hex_colons(out, p, 6);
}

/* Writes 0 to 255 and returns the place after it. */
static char *put_octet(char *at, unsigned v)
{
	if (v >= 100)
		*at++ = (char)('0' + v / 100);
	if (v >= 10)
		*at++ = (char)('0' + v / 10 % 10);
	*at++ = (char)('0' + v % 10);
	return at;
}

static char *put_ipv4(char *at, const uint8_t *p)
{
	for (int i = 0; i < 4; i++) {
		at = put_octet(at, p[i]);
		*at++ = '.';
	}
	return at - 1;
}

void skw_text_ipv4(struct skw_buf *out, const uint8_t *p)
{
	char text[16];

	skw_buf_add(out, text, (size_t)(put_ipv4(text, p) - text));
}

/*
 * Finds the longest run of at least two zero words, the first of several equal ones. The length is
 * 0 if there is none.
 */
static void longest_zero_run(const uint16_t *words, int *start, int *length)
{
	*start = 0;
	*length = 0;
	for (int i = 0; i < 8;) {
		int n = 0;

		while (i + n < 8 && words[i + n] == 0)
			n++;
		if (n >= 2 && n > *length) {
			*start = i;
			*length = n;
		}
		i += n + 1;
	}
}

static char *put_word(char *at, uint16_t v)
{
	bool started = false;

	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned digit = (v >> shift) & 0xf;

		if (digit || started || shift == 0) {
			*at++ = hex_digits[digit];
			started = true;
		}
	}
	return at;
}

void skw_text_ipv6(struct skw_buf *out, const uint8_t *p)
{
	uint16_t words[8];
	char text[48];
	char *at = text;
	int zero, zeros;

	for (int i = 0; i < 8; i++)
		words[i] = (uint16_t)(p[i * 2] << 8 | p[i * 2 + 1]);
	longest_zero_run(words, &zero, &zeros);

	bool dotted = zero == 0 && (zeros == 6 || (zeros == 5 && words[5] == 0xffff));

	for (int i = 0; i < (dotted ? 6 : 8); i++) {
		if (zeros && i == zero) {
			*at++ = ':';
			if (i + zeros == 8)
				*at++ = ':';
			i += zeros - 1;
			continue;
		}
		if (i)
			*at++ = ':';
		at = put_word(at, words[i]);
	}
	if (dotted) {
		*at++ = ':';
		at = put_ipv4(at, p + 12);
	}
	skw_buf_add(out, text, (size_t)(at - text));
}

const char *skw_text_name(const struct skw_text_name *table, uint32_t value)
{
	for (; table->name; table++) {
		if (table->value == value)
			return table->name;
	}
	return NULL;
}

void skw_text_bits(struct skw_buf *out, const struct skw_text_name *table, uint32_t v)
{
	bool first = true;

	for (; table->name; table++) {
		if (!(v & table->value))
			continue;
		if (!first)
			skw_buf_add(out, ", ", 2);
		skw_buf_add_str(out, table->name);
		first = false;
	}
	if (first)
		skw_buf_add_str(out, "none");
}
