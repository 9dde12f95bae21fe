/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gzip and zstd streams, at the levels that keep up with a capture. What comes
 * out goes to `put`, which returns 0 or -errno; all functions pass that on.
 */
#ifndef SKW_OUT_COMPRESS_H
#define SKW_OUT_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out/name.h"

struct skw_compress;

typedef int skw_compress_put(void *arg, const uint8_t *bytes, size_t n);

/* Whether this build can. SKW_COMPRESSION_NONE: true. */
bool skw_compress_supported(enum skw_compression kind);

/* -ENOTSUP for a kind that was not built in, or NONE. */
int skw_compress_new(enum skw_compression kind, skw_compress_put *put, void *arg,
		     struct skw_compress **out);
void skw_compress_free(struct skw_compress *c); /* NULL allowed; writes nothing */

int skw_compress_write(struct skw_compress *c, const uint8_t *bytes, size_t n);
/* All that was written so far can be read from what came out. */
int skw_compress_flush(struct skw_compress *c);
/* The end of the stream. Afterwards only skw_compress_free(). */
int skw_compress_end(struct skw_compress *c);

#endif
