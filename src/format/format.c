// SPDX-License-Identifier: BSD-2-Clause
#include "format/format.h"

#include <wchar.h>

#include "util/utf8.h"

/* The length of the visible ASCII, without blanks, at the beginning of a text. */
static size_t plain_len(const char *text)
{
	size_t n = 0;

	while (text[n] > ' ' && text[n] < 0x7f)
		n++;
	return n;
}

int skw_format_name(struct skw_buf *out, const char *text, bool word,
		    const struct skw_format_env *env)
{
	int columns = 0;

	while (*text) {
		uint32_t c = 0;
		size_t plain = plain_len(text);

		if (plain) {
			skw_buf_add(out, text, plain);
			columns += (int)plain;
			text += plain;
			continue;
		}
		size_t len = skw_utf8_decode(text, &c);
		int width = len ? c < 0x80 ? 1 : wcwidth((wchar_t)c) : -1;

		if (word && c == ' ') {
			skw_buf_add_char(out, '_');
		} else if (width <= 0 || skw_utf8_is_hidden(c) || (len > 1 && !env->utf8)) {
			width = 1;
			skw_buf_add_char(out, '?');
		} else {
			skw_buf_add(out, text, len);
		}
		columns += width;
		text += len ? len : 1;
	}
	return columns;
}
