// SPDX-License-Identifier: BSD-2-Clause
#include "format/utf8.h"

#include <stdint.h>

#include "util/cleanup.h"

/*
 * The length of the UTF-8 character at `text`, which ends with a zero. 0 at the end and if the
 * bytes are not valid.
 */
static size_t char_len(const char *text)
{
	/* RFC 3629, 4: the first bytes, and the range of the second byte after each of them. */
	static const struct {
		uint8_t first, last, low, high, len;
	} forms[] = {
		{ 0x01, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	const uint8_t *p = (const uint8_t *)text;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(forms); i++) {
		if (p[0] < forms[i].first || p[0] > forms[i].last)
			continue;
		if (forms[i].len > 1 && (p[1] < forms[i].low || p[1] > forms[i].high))
			return 0;
		/*
		 * A terminating zero is no continuation byte, so the loop does not read beyond it.
		 */
		for (size_t at = 2; at < forms[i].len; at++)
			if ((p[at] & 0xc0) != 0x80)
				return 0;
		return forms[i].len;
	}
	return 0;
}

const char *skw_utf8_add(struct skw_buf *out, const char *text)
{
	size_t len = char_len(text);

	if (!len) {
		skw_buf_add_str(out, SKW_UTF8_REPLACEMENT);
		return text + 1;
	}
	skw_buf_add(out, text, len);
	return text + len;
}
