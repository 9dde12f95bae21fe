// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_text.h"

#include <stdbool.h>

#include "format/text/time.h"
#include "row/address.h"
#include "util/cleanup.h"
#include "util/utf8.h"

void skw_sheet_text_html(struct skw_buf *out, const char *text)
{
	while (*text) {
		const char *as = *text == '&'    ? "&amp;"
				 : *text == '<'  ? "&lt;"
				 : *text == '>'  ? "&gt;"
				 : *text == '"'  ? "&quot;"
				 : *text == '\'' ? "&#39;"
						 : NULL;

		if (as) {
			skw_buf_add_str(out, as);
			text++;
		} else {
			text = skw_utf8_add_visible(out, text);
		}
	}
}

static void add_unit(struct skw_buf *out, uint32_t c)
{
	/* Characters that could end a string, an element or a script are numbers. */
	if (c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' ||
	    c == '\'')
		skw_buf_printf(out, "\\u%04x", c);
	else
		skw_buf_add_char(out, (char)c);
}

void skw_sheet_text_json(struct skw_buf *out, const char *text)
{
	skw_buf_add_char(out, '"');
	while (*text) {
		uint32_t c = 0xfffd;
		size_t len = skw_utf8_decode(text, &c);

		if (!len || skw_utf8_is_hidden(c))
			c = 0xfffd;
		text += len ? len : 1;
		if (c > 0xffff) {
			c -= 0x10000;
			add_unit(out, 0xd800 + (c >> 10));
			c = 0xdc00 + (c & 0x3ff);
		}
		add_unit(out, c);
	}
	skw_buf_add_char(out, '"');
}

void skw_sheet_text_base64(struct skw_buf *out, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)bytes[i] << 16;
		char four[4];

		v |= i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0;
		v |= i + 2 < n ? bytes[i + 2] : 0;
		for (unsigned k = 0; k < 4; k++)
			four[k] = k > n - i ? '=' : digits[v >> (18 - 6 * k) & 63];
		skw_buf_add(out, four, sizeof(four));
	}
}

/* ---- numbers ---- */

static bool add_unknown(struct skw_buf *out, uint64_t v)
{
	if (v == UINT64_MAX)
		skw_buf_add_str(out, "\xe2\x80\x94");
	return v == UINT64_MAX;
}

void skw_sheet_text_count(struct skw_buf *out, uint64_t n)
{
	unsigned groups[7], len = 0; /* 2^64 has 20 digits */

	if (add_unknown(out, n))
		return;
	do {
		groups[len++] = (unsigned)(n % 1000);
		n /= 1000;
	} while (n);
	skw_buf_printf(out, "%u", groups[--len]);
	while (len)
		skw_buf_printf(out, ",%03u", groups[--len]);
}

/* Three digits that count, and the unit. */
static void add_scaled(struct skw_buf *out, double v, const char *unit)
{
	skw_buf_printf(out, "%.*f %s", v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v, unit);
}

static void add_decimal(struct skw_buf *out, uint64_t n, const char *const units[6])
{
	double v = (double)n;
	unsigned i = 0;

	for (; v >= 999.5 && i < 5; i++)
		v /= 1000;
	if (i)
		add_scaled(out, v, units[i]);
	else
		skw_buf_printf(out, "%u %s", (unsigned)n, units[0]);
}

void skw_sheet_text_bytes(struct skw_buf *out, uint64_t n)
{
	static const char *const units[6] = { "B", "kB", "MB", "GB", "TB", "PB" };

	if (!add_unknown(out, n))
		add_decimal(out, n, units);
}

void skw_sheet_text_rate(struct skw_buf *out, uint64_t bps)
{
	static const char *const units[6] = { "bit/s",  "kbit/s", "Mbit/s",
					      "Gbit/s", "Tbit/s", "Pbit/s" };

	if (!add_unknown(out, bps))
		add_decimal(out, bps, units);
}

void skw_sheet_text_us(struct skw_buf *out, uint64_t us)
{
	if (add_unknown(out, us))
		return;
	if (us < 1000)
		skw_buf_printf(out, "%u \xc2\xb5s", (unsigned)us);
	else if (us < 999500)
		add_scaled(out, (double)us / 1e3, "ms");
	else if (us < 119500000)
		add_scaled(out, (double)us / 1e6, "s");
	else if (us < 7200000000)
		skw_buf_printf(out, "%u min %u s", (unsigned)(us / 60000000),
			       (unsigned)(us / 1000000 % 60));
	else
		skw_buf_printf(out, "%u h %u min", (unsigned)(us / 3600000000),
			       (unsigned)(us / 60000000 % 60));
}

void skw_sheet_text_ratio(struct skw_buf *out, uint64_t part, uint64_t whole)
{
	double percent = whole ? 100.0 * (double)part / (double)whole : 0;

	if (!whole)
		add_unknown(out, UINT64_MAX);
	else
		skw_buf_printf(out, "%.*f %%",
			       !part || percent >= 9.95 ? 0
			       : percent < 0.1          ? 3
							: 1,
			       percent);
}

void skw_sheet_text_time(struct skw_buf *out, uint64_t real_ns, int digits, int day)
{
	char text[SKW_RFC3339_SIZE];
	size_t len = digits ? 20 + (size_t)digits : 19;

	skw_format_rfc3339(text, real_ns);
	text[10] = ' ';
	skw_buf_add(out, text + (day ? 0 : 11), len - (day ? 0 : 11));
}

void skw_sheet_text_end(struct skw_buf *out, const struct skw_tuple *tuple, int remote)
{
	char text[SKW_ENDPOINT_SIZE];

	skw_address_endpoint(text, tuple->family, remote ? tuple->remote_addr : tuple->local_addr,
			     remote ? tuple->remote_port : tuple->local_port, NULL);
	skw_buf_add_str(out, text);
}
