/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One open output file as the writer thread sees it: a regular file, written
 * at offsets and partly with O_DIRECT, or a stream (pipe, socket, terminal,
 * device), written as it comes; compressed or not.
 *
 * A regular file is never longer than what was written to it: no padding, and
 * space that is allocated ahead stays behind its end.
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
	int give_up_fd; /* borrowed: when it becomes readable, pipes and sockets are given up */
	enum skw_sink_kind kind;
	size_t pipe_bytes; /* what an empty pipe takes */
	bool shared;
	bool direct;                   /* still worth trying */
	bool allocate;                 /* likewise */
	off_t begin;                   /* where in the file the first byte went */
	off_t offset;                  /* where the next one goes */
	off_t allocated;               /* space is allocated up to here, if further than offset */
	off_t safe;                    /* compressed: up to here it can be read, after a cut */
	struct skw_compress *compress; /* owned, NULL for none */
};

struct skw_sink_options {
	enum skw_compression compression;
	bool direct;
	bool shared;
	int give_up_fd;
};

/* Takes `fd` in any case. Empties a regular file, unless it is shared. 0 or -errno. */
int skw_sink_open(struct skw_sink *s, int fd, const struct skw_sink_options *opt);

/*
 * Writes all of it or returns -errno (-ETIMEDOUT when told to give up);
 * s->offset tells how far it came. `direct`
 * asks for O_DIRECT in between the page boundaries; for that, the address of
 * `bytes` and the offset must be congruent modulo SKW_SINK_ALIGN, or it is
 * written as usual.
 */
int skw_sink_write(struct skw_sink *s, const uint8_t *bytes, size_t n, bool direct);

/* A point up to which a compressed stream can be read. */
int skw_sink_flush(struct skw_sink *s);

/*
 * After an error: takes a regular file back to its first n bytes, or a
 * compressed one to its last flush.
 */
void skw_sink_cut(struct skw_sink *s, uint64_t n);

/* Ends the compressed stream, gives back what was allocated too much, closes. */
int skw_sink_close(struct skw_sink *s);
/* Closes and frees, writes nothing. */
void skw_sink_abandon(struct skw_sink *s);

#endif
