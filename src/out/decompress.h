/* SPDX-License-Identifier: BSD-2-Clause */
/* gzip and zstd streams, also several one after the other, back to what they were made of. */
#ifndef SKW_OUT_DECOMPRESS_H
#define SKW_OUT_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out/name.h"

#define SKW_DECOMPRESS_MAGIC_BYTES 4

struct skw_decompress;

/* What the first n bytes of a stream say of it. */
enum skw_compression skw_decompress_detect(const uint8_t *bytes, size_t n);

/* -ENOTSUP for a kind that was not built in, or NONE. */
int skw_decompress_new(enum skw_compression kind, struct skw_decompress **out);
void skw_decompress_free(struct skw_decompress *d); /* NULL allowed */

/* Bytes in and room for bytes out; both move forward. */
struct skw_decompress_io {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t out_left;
};

/* As far as `in` or the room goes. 0, or -EBADMSG for corrupt data. */
int skw_decompress_run(struct skw_decompress *d, struct skw_decompress_io *io);

/* No stream is open: the input may end here. */
bool skw_decompress_at_end(const struct skw_decompress *d);

#endif
