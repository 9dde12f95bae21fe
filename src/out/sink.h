/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An open output file, for the writer thread. It is either a regular file, which
 * is written at offsets and partly with O_DIRECT, or a stream (pipe, socket,
 * terminal, device). Both can be compressed.
 *
 * A regular file is never longer than the bytes that were written to it. There is
 * no padding, and space that is allocated ahead stays behind the file's end.
 */
#ifndef SKW_OUT_SINK_H
#define SKW_OUT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "out/name.h"

/* Memory and file offsets of direct writes are multiples of this. */
#define SKW_SINK_ALIGN 4096u

struct skw_compress;

enum skw_sink_kind {
	SKW_SINK_REGULAR,
	SKW_SINK_PIPE,
	SKW_SINK_SOCKET,
	SKW_SINK_OTHER, /* a terminal, a device */
};

struct skw_sink {
	int fd;         /* owned unless shared; -1: closed */
	int give_up_fd; /* borrowed; when it becomes readable, pipes and sockets are given up */
	enum skw_sink_kind kind;
	size_t pipe_bytes; /* size of the pipe */
	bool shared;
	bool direct;     /* O_DIRECT has not failed yet */
	bool allocate;   /* fallocate() has not failed yet */
	off_t begin;     /* offset of our first byte in the file */
	off_t offset;    /* offset of the next byte */
	off_t allocated; /* space is allocated up to here, if this is greater than offset */
	off_t safe;      /* a compressed file that is cut here can be read */
	struct skw_compress *compress; /* owned, NULL for none */
};

struct skw_sink_options {
	enum skw_compression compression;
	bool direct;
	bool shared;
	int give_up_fd;
};

/*
 * Opens the sink. `fd` is its own from then on, even on errors. A regular file is emptied, unless
 * it is shared. Returns 0 or -errno.
 */
int skw_sink_open(struct skw_sink *s, int fd, const struct skw_sink_options *opt);

/*
 * Writes all bytes or returns -errno (-ETIMEDOUT if it was told to give up). s->offset
 * tells how many bytes were written. `direct` asks for O_DIRECT for the part between page
 * boundaries. That works only if the address of `bytes` and s->offset are congruent
 * modulo SKW_SINK_ALIGN; otherwise the bytes are written as usual.
 */
int skw_sink_write(struct skw_sink *s, const uint8_t *bytes, size_t n, bool direct);

/* After this, a compressed file that is cut off later can be read up to here. */
int skw_sink_flush(struct skw_sink *s);

/*
 * Cuts a regular file after an error: to its first n bytes, or to its last flush if
 * it is compressed.
 */
void skw_sink_cut(struct skw_sink *s, uint64_t n);

/* Ends the compressed stream, gives back space that was allocated ahead, and closes the file. */
int skw_sink_close(struct skw_sink *s);
/* Closes the file and frees memory without writing anything. */
void skw_sink_abandon(struct skw_sink *s);

#endif
