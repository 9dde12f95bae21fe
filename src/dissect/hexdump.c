// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/hexdump.h"

#include "dissect/text.h"

#define BYTES_PER_LINE 16
/* Eight groups of two bytes, each with a space in front. The ASCII column follows. */
#define HEX_COLUMNS (8 * 5)

static char printable(uint8_t c)
{
	return c > 0x20 && c < 0x7f ? (char)c : '.';
}

static unsigned add_hex_line(struct skw_buf *out, const uint8_t *p, size_t n, size_t offset)
{
	unsigned columns = 0;

	skw_buf_add(out, "\n\t0x", 4);
	skw_text_hex(out, (uint32_t)offset, 4);
	skw_buf_add(out, ": ", 2);
	for (size_t i = 0; i < n; i++) {
		if (i % 2 == 0) {
			skw_buf_add_char(out, ' ');
			columns++;
		}
		skw_text_hex(out, p[i], 2);
		columns += 2;
	}
	return columns;
}

void skw_hexdump_hex(struct skw_buf *out, const uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n; at += BYTES_PER_LINE)
		add_hex_line(out, p + at, n - at < BYTES_PER_LINE ? n - at : BYTES_PER_LINE, at);
}

void skw_hexdump_hex_ascii(struct skw_buf *out, const uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n; at += BYTES_PER_LINE) {
		size_t count = n - at < BYTES_PER_LINE ? n - at : BYTES_PER_LINE;
		unsigned columns = add_hex_line(out, p + at, count, at);

		for (; columns < HEX_COLUMNS + 2; columns++)
			skw_buf_add_char(out, ' ');
		for (size_t i = 0; i < count; i++)
			skw_buf_add_char(out, printable(p[at + i]));
	}
}

void skw_hexdump_ascii(struct skw_buf *out, const uint8_t *p, size_t n)
{
	skw_buf_add_char(out, '\n');
	for (size_t i = 0; i < n; i++) {
		uint8_t c = p[i];

		/* The line ends of network protocols are printed as a newline. */
		if (c == '\r' && (i + 1 == n || p[i + 1] == '\n'))
			continue;
		if (c == '\t' || c == '\n' || c == ' ')
			skw_buf_add_char(out, (char)c);
		else
			skw_buf_add_char(out, printable(c));
	}
}
