/* SPDX-License-Identifier: BSD-2-Clause */
/* Decompression of gzip and zstd. The input may be several streams, one after another. */
#ifndef SKW_OUT_DECOMPRESS_H
#define SKW_OUT_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out/name.h"

#define SKW_DECOMPRESS_MAGIC_BYTES 4

struct skw_decompress;

/* Tells the kind of a stream by its first n bytes. */
enum skw_compression skw_decompress_detect(const uint8_t *bytes, size_t n);

/* Returns 0 or -errno: -ENOTSUP for a kind that was not built in, and for NONE. */
int skw_decompress_new(enum skw_compression kind, struct skw_decompress **out);
void skw_decompress_free(struct skw_decompress *d); /* NULL allowed */

/* The input that is left, and the room for output that is left. A run moves both forward. */
struct skw_decompress_io {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t out_left;
};

/* Decompresses until the input or the room is used up. Returns 0, or -EBADMSG for corrupt data. */
int skw_decompress_run(struct skw_decompress *d, struct skw_decompress_io *io);

/* Tells whether the last stream is complete, so that the input may end here. */
bool skw_decompress_at_end(const struct skw_decompress *d);

#endif
