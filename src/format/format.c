// SPDX-License-Identifier: BSD-2-Clause
#include "format/format.h"

#include <time.h>
#include <wchar.h>

#include "util/utf8.h"

#define NS_PER_S 1000000000ULL

static char *put_digits(char *p, unsigned v, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return p + digits;
}

void skw_format_rfc3339(char *out, uint64_t real_ns)
{
	time_t second = (time_t)(real_ns / NS_PER_S);
	struct tm tm = { 0 };

	/* 64 bits of nanoseconds end in the year 2554, so a year has four digits. */
	gmtime_r(&second, &tm);
	out = put_digits(out, (unsigned)tm.tm_year + 1900, 4);
	*out++ = '-';
	out = put_digits(out, (unsigned)tm.tm_mon + 1, 2);
	*out++ = '-';
	out = put_digits(out, (unsigned)tm.tm_mday, 2);
	*out++ = 'T';
	out = put_digits(out, (unsigned)tm.tm_hour, 2);
	*out++ = ':';
	out = put_digits(out, (unsigned)tm.tm_min, 2);
	*out++ = ':';
	out = put_digits(out, (unsigned)tm.tm_sec, 2);
	*out++ = '.';
	out = put_digits(out, (unsigned)(real_ns % NS_PER_S), 9);
	*out++ = 'Z';
	*out = '\0';
}

void skw_format_value(const struct skw_row *row, enum skw_field field,
		      const struct skw_format_env *env, struct skw_value *out)
{
	skw_field_value(row, field, out);
	if (field == SKW_FIELD_TS && !out->known && env->sweep_ns) {
		out->known = true;
		out->number = env->sweep_ns;
	}
}

int skw_format_name(struct skw_buf *out, const char *text, bool word,
		    const struct skw_format_env *env)
{
	int columns = 0;

	while (*text) {
		uint32_t c = 0;
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
