/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a file or a pipe, which come one piece after the other. The reader looks at them
 * where the stream has them, so nothing is copied. A program that makes a stream has this struct as
 * the first member of its own.
 */
#ifndef SKW_UTIL_BYTE_STREAM_H
#define SKW_UTIL_BYTE_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct skw_byte_stream;

struct skw_byte_stream_ops {
	/*
	 * Adds bytes behind those that were not used yet, which may come to lie at another place:
	 * sets s->at, and makes s->have larger. Returns 1, 0 at the end, or -errno. After 0 or
	 * -errno it is not called again.
	 */
	int (*more)(struct skw_byte_stream *s);
	void (*close)(struct skw_byte_stream *s); /* frees the stream, too */
};

struct skw_byte_stream {
	const struct skw_byte_stream_ops *ops;
	const uint8_t *at; /* the first byte that was not used yet */
	size_t have;       /* bytes from there on */
	int ended;         /* there are no more: 1 at the end, -errno if they could not be read */
};

/* Looks for more bytes until there are n. Returns s->at, or NULL if there are fewer. */
const uint8_t *skw_byte_stream_fill(struct skw_byte_stream *s, size_t n);

/*
 * The next n bytes, or NULL if fewer are left; s->ended tells why then. They are valid as long as
 * nobody looks further than s->have.
 */
static inline const uint8_t *skw_byte_stream_look(struct skw_byte_stream *s, size_t n)
{
	return s->have >= n ? s->at : skw_byte_stream_fill(s, n);
}

/* Uses n bytes up, of those that were looked at. */
static inline void skw_byte_stream_use(struct skw_byte_stream *s, size_t n)
{
	s->at += n;
	s->have -= n;
}

void skw_byte_stream_close(struct skw_byte_stream *s); /* NULL allowed */

/*
 * The stream as one of stdio, for libraries. A failure to read sets errno. fclose() closes the
 * stream. NULL, with errno: then the stream is still the caller's.
 */
FILE *skw_byte_stream_file(struct skw_byte_stream *s);

#endif
