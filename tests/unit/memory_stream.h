/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams of bytes in memory, for tests. */
#ifndef TESTS_UNIT_MEMORY_STREAM_H
#define TESTS_UNIT_MEMORY_STREAM_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/byte_stream.h"

struct memory_stream {
	struct skw_byte_stream stream; /* first */
	const uint8_t *bytes;
	size_t len, piece;
	int error;       /* after the bytes */
	uint8_t *window; /* a copy, so that a reader that keeps old bytes is found */
};

static inline int memory_stream_more(struct skw_byte_stream *s)
{
	struct memory_stream *m = (struct memory_stream *)(void *)s;
	size_t n = m->len < m->piece ? m->len : m->piece;
	uint8_t *window = n ? malloc(s->have + n) : NULL;

	if (!n)
		return m->error;
	if (!window)
		return -ENOMEM;
	if (s->have)
		memcpy(window, s->at, s->have);
	memcpy(window + s->have, m->bytes, n);
	free(m->window);
	s->at = m->window = window;
	s->have += n;
	m->bytes += n;
	m->len -= n;
	return 1;
}

static inline void memory_stream_close(struct skw_byte_stream *s)
{
	free(((struct memory_stream *)(void *)s)->window);
	free(s);
}

/*
 * The bytes are borrowed, and come in pieces of `piece` bytes. At their end the stream ends with
 * `error`: 0 or -errno. NULL: there is no memory.
 */
static inline struct skw_byte_stream *memory_stream_pieces(const void *bytes, size_t len,
							   size_t piece, int error)
{
	static const struct skw_byte_stream_ops ops = { memory_stream_more, memory_stream_close };
	struct memory_stream *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->stream.ops = &ops;
	m->bytes = bytes;
	m->len = len;
	m->piece = piece;
	m->error = error;
	return &m->stream;
}

static inline struct skw_byte_stream *memory_stream(const void *bytes, size_t len)
{
	return memory_stream_pieces(bytes, len, len ? len : 1, 0);
}

#endif
