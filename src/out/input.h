/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens a capture file as a stream. Files that gzip or zstd compressed are decompressed. A large
 * file is read ahead, and decompressed, by a thread.
 */
#ifndef SKW_OUT_INPUT_H
#define SKW_OUT_INPUT_H

#include <stdbool.h>

#include "util/error.h"
#include "util/byte_stream.h"

/*
 * `path` "-" is standard input, which stays open when the stream is closed.
 * The first bytes tell the kind of compression; the name does not matter. The stream
 * ends with -EBADMSG if compressed data is corrupt, -ENODATA if it ends early
 * (after all that could be decompressed), -ENOTSUP if this build can't decompress
 * it. The caller must close *out. Returns 0, or -errno with a text.
 */
int skw_input_open(const char *path, struct skw_byte_stream **out, struct skw_error *err);

/*
 * A function to call before a read that may take for ever, as the input is no regular file. It
 * returns 0, or an errno with which the read fails.
 */
struct skw_input_wait {
	int (*wait)(void *ctx, int fd);
	void *ctx;
};

/* The same as skw_input_open(); *wait is copied. */
int skw_input_open_waiting(const char *path, const struct skw_input_wait *wait,
			   struct skw_byte_stream **out, struct skw_error *err);

/* The same over a descriptor that is taken in any case; `name` is for messages. */
int skw_input_open_fd_waiting(int fd, const char *name, const struct skw_input_wait *wait,
			      struct skw_byte_stream **out, struct skw_error *err);
/*
 * Whether a thread may be started to read this descriptor. Without the permission to start one, a
 * file that has become large in the meantime is read without.
 */
bool skw_input_may_read_ahead(int fd);

/* For tests and fuzzing. */
int skw_input_open_fd(int fd, const char *name, struct skw_byte_stream **out,
		      struct skw_error *err);

#endif
