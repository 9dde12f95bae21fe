// SPDX-License-Identifier: BSD-2-Clause
#include "util/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void skw_buf_free(struct skw_buf *b)
{
	free(b->data);
	*b = (struct skw_buf)SKW_BUF_INIT;
}

uint8_t *skw_buf_reserve(struct skw_buf *b, size_t n)
{
	if (b->failed)
		return NULL;
	if (b->size - b->len < n) {
		size_t want = b->size ? b->size : 256;

		while (want - b->len < n) {
			if (want > SIZE_MAX / 2) {
				b->failed = true;
				return NULL;
			}
			want *= 2;
		}
		uint8_t *data = realloc(b->data, want);
		if (!data) {
			b->failed = true;
			return NULL;
		}
		b->data = data;
		b->size = want;
	}
	return b->data + b->len;
}

void skw_buf_add(struct skw_buf *b, const void *bytes, size_t n)
{
	/* With n = 0, `bytes` may be NULL, which memcpy() must not get. */
	uint8_t *p = n ? skw_buf_reserve(b, n) : NULL;

	if (p) {
		memcpy(p, bytes, n);
		b->len += n;
	}
}

void skw_buf_add_str(struct skw_buf *b, const char *s)
{
	skw_buf_add(b, s, strlen(s));
}

void skw_buf_add_char(struct skw_buf *b, char c)
{
	skw_buf_add(b, &c, 1);
}

void skw_buf_add_uint(struct skw_buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	skw_buf_add(b, digits + at, sizeof(digits) - at);
}

void skw_buf_printf(struct skw_buf *b, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n >= 0) {
		char *p = (char *)skw_buf_reserve(b, (size_t)n + 1);

		if (p) {
			vsnprintf(p, (size_t)n + 1, fmt, again);
			b->len += (size_t)n;
		}
	}
	va_end(again);
}
