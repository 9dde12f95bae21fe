// SPDX-License-Identifier: BSD-2-Clause
#include "kern/conn_reader.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

/* The kernel returns eight pages per read at most: bpf_seq_read() in kernel/bpf/bpf_iter.c. */
#define READ_BYTES (1U << 16)

int skw_conn_reader_begin(struct skw_conn_reader *r, int fd, size_t size, size_t short_size)
{
	skw_conn_reader_end(r);
	r->fd = fd;
	r->size = size;
	r->short_size = short_size;
	r->fill = 0;
	if (!r->buf)
		r->buf = malloc(READ_BYTES);
	return r->buf ? 0 : -ENOMEM;
}

/* The length of the record that is next, or 0 if not all of it is there. */
static size_t next_len(const struct skw_conn_reader *r, size_t at)
{
	size_t left = r->fill - at, len = r->size;
	uint64_t word;

	if (left < sizeof(word))
		return 0;
	if (r->short_size) {
		memcpy(&word, r->buf + at, sizeof(word));
		len = word ? len : r->short_size;
	}
	return len <= left ? len : 0;
}

int skw_conn_reader_slice(struct skw_conn_reader *r,
			  int (*each)(void *ctx, const void *record, size_t len), void *ctx)
{
	ssize_t n = read(r->fd, r->buf + r->fill, READ_BYTES - r->fill);
	size_t at = 0, len;

	/* The kernel pauses after a million sockets. */
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 1;
	if (n < 0)
		return -errno;
	if (n == 0) {
		skw_conn_reader_end(r);
		return r->fill ? -EBADMSG : 0;
	}
	for (r->fill += (size_t)n; (len = next_len(r, at)) != 0; at += len) {
		int ret = each(ctx, r->buf + at, len);

		if (ret < 0)
			return ret;
	}
	r->fill -= at;
	memmove(r->buf, r->buf + at, r->fill);
	return 1;
}

void skw_conn_reader_end(struct skw_conn_reader *r)
{
	skw_cleanup_fd(&r->fd);
	r->fd = -1;
}

void skw_conn_reader_free(struct skw_conn_reader *r)
{
	skw_conn_reader_end(r);
	free(r->buf);
	r->buf = NULL;
}
