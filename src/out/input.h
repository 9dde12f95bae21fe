/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens a capture file as a stream. Files that gzip or zstd compressed are decompressed. */
#ifndef SKW_OUT_INPUT_H
#define SKW_OUT_INPUT_H

#include <stdio.h>

#include "util/error.h"

/*
 * `path` "-" is standard input, which stays open when the stream is closed.
 * The first bytes tell the kind of compression; the name does not matter. Reading
 * fails with errno EBADMSG if compressed data is corrupt, ENODATA if it ends early
 * (after all that could be decompressed), ENOTSUP if this build can't decompress
 * it. The caller must fclose() *out. Returns 0, or -errno with a text.
 */
int skw_input_open(const char *path, FILE **out, struct skw_error *err);

/* The same for a descriptor, which is ours from then on, even on errors. `name` is for messages. */
int skw_input_open_fd(int fd, const char *name, FILE **out, struct skw_error *err);

#endif
