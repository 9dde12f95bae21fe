/* SPDX-License-Identifier: BSD-2-Clause */
/* A capture file as a stream to read from, gzip and zstd taken off on the way. */
#ifndef SKW_OUT_INPUT_H
#define SKW_OUT_INPUT_H

#include <stdio.h>

#include "util/error.h"

/*
 * `path` "-" is standard input, which is not closed with the stream.
 * Compression is told by the first bytes, not by the name. Reading fails with
 * errno EBADMSG when compressed data is corrupt, ENODATA when it ends early
 * (after all that could be decompressed), ENOTSUP when this build can't
 * decompress it. *out is the caller's, for fclose(). 0 or -errno with a text.
 */
int skw_input_open(const char *path, FILE **out, struct skw_error *err);

/*
 * What to do before a read that may take for ever, as the input is no regular file. Returns 0, or
 * an errno with which the read fails.
 */
struct skw_input_wait {
	int (*wait)(void *ctx, int fd);
	void *ctx;
};

/* The same as skw_input_open(); *wait is copied. */
int skw_input_open_waiting(const char *path, const struct skw_input_wait *wait, FILE **out,
			   struct skw_error *err);

/* The same over a descriptor that is taken in any case; `name` is for messages. */
int skw_input_open_fd(int fd, const char *name, FILE **out, struct skw_error *err);

#endif
