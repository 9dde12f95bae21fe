// SPDX-License-Identifier: BSD-2-Clause
#include "util/utf8.h"

#include "util/cleanup.h"

size_t skw_utf8_decode(const char *text, uint32_t *c)
{
	/* RFC 3629, 4: the first bytes, and the range of the second byte after each of them. */
	static const struct {
		uint8_t first, last, low, high, len, mask;
	} forms[] = {
		{ 0x01, 0x7f, 0x00, 0x00, 1, 0x7f }, { 0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f }, { 0xe1, 0xec, 0x80, 0xbf, 3, 0x0f },
		{ 0xed, 0xed, 0x80, 0x9f, 3, 0x0f }, { 0xee, 0xef, 0x80, 0xbf, 3, 0x0f },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4, 0x07 }, { 0xf1, 0xf3, 0x80, 0xbf, 4, 0x07 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4, 0x07 },
	};
	const uint8_t *p = (const uint8_t *)text;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(forms); i++) {
		uint32_t found = p[0] & forms[i].mask;

		if (p[0] < forms[i].first || p[0] > forms[i].last)
			continue;
		if (forms[i].len > 1 && (p[1] < forms[i].low || p[1] > forms[i].high))
			return 0;
		/*
		 * A terminating zero is no continuation byte, so the loop does not read beyond it.
		 */
		for (size_t at = 1; at < forms[i].len; at++) {
			if ((p[at] & 0xc0) != 0x80)
				return 0;
			found = found << 6 | (p[at] & 0x3f);
		}
		*c = found;
		return forms[i].len;
	}
	return 0;
}

bool skw_utf8_is_hidden(uint32_t c)
{
	/* Sorted. Unicode 15: Cc, Cf, line ends, fillers, joiners and variation selectors. */
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },       { 0x7f, 0x9f },       { 0xad, 0xad },
		{ 0x34f, 0x34f },     { 0x61c, 0x61c },     { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(ranges) && c >= ranges[i].first; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

static const char *add(struct skw_buf *out, const char *text, bool hide)
{
	uint32_t c;
	size_t len = skw_utf8_decode(text, &c);

	if (!len || (hide && skw_utf8_is_hidden(c))) {
		skw_buf_add_str(out, SKW_UTF8_REPLACEMENT);
		return text + (len ? len : 1);
	}
	skw_buf_add(out, text, len);
	return text + len;
}

const char *skw_utf8_add(struct skw_buf *out, const char *text)
{
	return add(out, text, false);
}

const char *skw_utf8_add_visible(struct skw_buf *out, const char *text)
{
	return add(out, text, true);
}
