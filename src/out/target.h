/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An open output file, for the writer thread. It is either a regular file, which
 * is written at offsets and partly with O_DIRECT, or a stream (pipe, socket,
 * terminal, device). Both can be compressed.
 *
 * A regular file is never longer than the bytes that were written to it. There is
 * no padding, and space that is allocated ahead stays behind the file's end.
 */
#ifndef SKW_OUT_TARGET_H
#define SKW_OUT_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "out/name.h"

/* Memory and file offsets of direct writes are multiples of this. */
#define SKW_TARGET_ALIGN 4096u

struct skw_compress;

enum skw_target_kind {
	SKW_TARGET_REGULAR,
	SKW_TARGET_PIPE,
	SKW_TARGET_SOCKET,
	SKW_TARGET_OTHER, /* a terminal, a device */
};

struct skw_target {
	int fd;         /* owned unless shared; -1: closed */
	int give_up_fd; /* borrowed: when it becomes readable, pipes and sockets are given up */
	enum skw_target_kind kind;
	size_t pipe_bytes; /* the capacity of an empty pipe */
	bool shared;
	bool direct;     /* O_DIRECT has not failed yet */
	bool allocate;   /* fallocate() has not failed yet */
	off_t begin;     /* offset of our first byte in the file */
	off_t offset;    /* offset of the next byte */
	off_t allocated; /* space is allocated up to here, if this is greater than offset */
	off_t safe;      /* a compressed file that is cut here can be read */
	struct skw_compress *compress; /* owned, NULL for none */
};

struct skw_target_options {
	enum skw_compression compression;
	bool direct;
	bool shared;
	int give_up_fd;
};

/* Takes `fd` in any case. Empties a regular file, unless it is shared. 0 or -errno. */
int skw_target_open(struct skw_target *s, int fd, const struct skw_target_options *opt);

/*
 * Writes all of it or returns -errno (-ETIMEDOUT when told to give up);
 * s->offset tells how far it came. `direct`
 * asks for O_DIRECT in between the page boundaries; for that, the address of
 * `bytes` and the offset must be congruent modulo SKW_TARGET_ALIGN, or it is
 * written as usual.
 */
int skw_target_write(struct skw_target *s, const uint8_t *bytes, size_t n, bool direct);

/* A point up to which a compressed stream can be read. */
int skw_target_flush(struct skw_target *s);

/*
 * Cuts a regular file after an error: to its first n bytes, or to its last flush if
 * it is compressed.
 */
void skw_target_cut(struct skw_target *s, uint64_t n);

/* Ends the compressed stream, gives back what was allocated too much, closes. */
int skw_target_close(struct skw_target *s);
/* Closes and frees, writes nothing. */
void skw_target_abandon(struct skw_target *s);

#endif
