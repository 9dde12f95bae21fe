/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compression to gzip and zstd streams, at levels that keep up with a capture.
 * The compressed bytes go to `put`, which returns 0 or -errno. All functions
 * return its error.
 */
#ifndef SKW_OUT_COMPRESS_H
#define SKW_OUT_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out/name.h"

struct skw_compress;

typedef int skw_compress_put(void *arg, const uint8_t *bytes, size_t n);

/* Tells whether this build has this kind. True for SKW_COMPRESSION_NONE. */
bool skw_compress_supported(enum skw_compression kind);

/* Returns 0 or -errno: -ENOTSUP for a kind that was not built in, and for NONE. */
int skw_compress_new(enum skw_compression kind, skw_compress_put *put, void *arg,
		     struct skw_compress **out);
void skw_compress_free(struct skw_compress *c); /* NULL allowed; writes nothing */

int skw_compress_write(struct skw_compress *c, const uint8_t *bytes, size_t n);
/* After this, all that was written so far can be decompressed from the bytes that `put` got. */
int skw_compress_flush(struct skw_compress *c);
/* Ends the stream. After this only skw_compress_free() may be called. */
int skw_compress_end(struct skw_compress *c);

#endif
