// SPDX-License-Identifier: BSD-2-Clause
#include "util/byte_stream.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>

const uint8_t *skw_byte_stream_fill(struct skw_byte_stream *s, size_t n)
{
	while (s->have < n && !s->ended) {
		int ret = s->ops->more(s);

		if (ret <= 0)
			s->ended = ret < 0 ? ret : 1;
	}
	return s->have >= n ? s->at : NULL;
}

void skw_byte_stream_close(struct skw_byte_stream *s)
{
	if (s)
		s->ops->close(s);
}

static ssize_t file_read(void *cookie, char *buf, size_t size)
{
	struct skw_byte_stream *s = cookie;
	size_t n = size < s->have ? size : s->have;

	if (!n && size && skw_byte_stream_fill(s, 1))
		n = size < s->have ? size : s->have;
	if (!n && size && s->ended < 0) {
		errno = -s->ended;
		return -1;
	}
	if (n)
		memcpy(buf, s->at, n);
	skw_byte_stream_use(s, n);
	return (ssize_t)n;
}

static int file_close(void *cookie)
{
	skw_byte_stream_close(cookie);
	return 0;
}

FILE *skw_byte_stream_file(struct skw_byte_stream *s)
{
	const cookie_io_functions_t io = { .read = file_read, .close = file_close };

	return fopencookie(s, "r", io);
}
