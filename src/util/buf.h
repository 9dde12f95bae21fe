/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing byte buffer. If memory runs out, `failed` is set, so that a caller may
 * append many times and check once. A failed buffer keeps its bytes and ignores
 * further ones.
 */
#ifndef SKW_UTIL_BUF_H
#define SKW_UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct skw_buf {
	uint8_t *data; /* owned */
	size_t len;
	size_t size;
	bool failed;
};

#define SKW_BUF_INIT                                                                               \
	{                                                                                          \
		NULL, 0, 0, false                                                                  \
	}

void skw_buf_free(struct skw_buf *b); /* safe on a zeroed buffer; leaves it empty */

static inline void skw_buf_reset(struct skw_buf *b)
{
	b->len = 0;
	b->failed = false;
}

/* Enlarges the buffer for n more bytes. Returns the place for them, or NULL if memory runs out. */
uint8_t *skw_buf_grow(struct skw_buf *b, size_t n);

/*
 * Makes room for n more bytes. Returns the place for them, or NULL if memory runs out. Like the
 * small functions below it is inline, because lines are made of many short pieces.
 */
static inline uint8_t *skw_buf_reserve(struct skw_buf *b, size_t n)
{
	return !b->failed && b->size - b->len >= n ? b->data + b->len : skw_buf_grow(b, n);
}

static inline void skw_buf_add(struct skw_buf *b, const void *bytes, size_t n)
{
	/* With n = 0, `bytes` may be NULL, which memcpy() must not get. */
	uint8_t *p = n ? skw_buf_reserve(b, n) : NULL;

	if (p) {
		memcpy(p, bytes, n);
		b->len += n;
	}
}

static inline void skw_buf_add_str(struct skw_buf *b, const char *s)
{
	skw_buf_add(b, s, strlen(s));
}

static inline void skw_buf_add_char(struct skw_buf *b, char c)
{
	uint8_t *p = skw_buf_reserve(b, 1);

	if (p) {
		*p = (uint8_t)c;
		b->len++;
	}
}

void skw_buf_add_uint(struct skw_buf *b, uint64_t v); /* decimal */
void skw_buf_printf(struct skw_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
