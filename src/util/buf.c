// SPDX-License-Identifier: BSD-2-Clause
#include "util/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/decimal.h"

void skw_buf_free(struct skw_buf *b)
{
	free(b->data);
	*b = (struct skw_buf)SKW_BUF_INIT;
}

uint8_t *skw_buf_grow(struct skw_buf *b, size_t n)
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

void skw_buf_add_uint(struct skw_buf *b, uint64_t v)
{
	char *p = (char *)skw_buf_reserve(b, SKW_DECIMAL_MAX);

	if (p)
		b->len += (size_t)(skw_decimal_put(p, v) - p);
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
