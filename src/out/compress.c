// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/compress.h"

#include <errno.h>
#include <stdlib.h>

#include "util/cleanup.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#endif

/* The fastest levels, because a recording must keep up with the packets. */
#define GZIP_LEVEL 1
#define ZSTD_LEVEL 1
/* zlib: a window of 2^15 bytes. Adding 16 asks for a gzip header instead of a zlib header. */
#define GZIP_WINDOW_BITS (15 + 16)

#define PIECE_BYTES      (128 << 10)

enum step { STEP_MORE, STEP_FLUSH, STEP_END, STEP_COUNT };

struct skw_compress {
	const struct packer *method;
	skw_compress_put *put;
	void *arg;
#ifdef HAVE_ZLIB
	z_stream z;
#endif
#ifdef HAVE_ZSTD
	ZSTD_CStream *zstd;
#endif
	uint8_t piece[PIECE_BYTES];
};

struct packer {
	enum skw_compression kind;
	int (*begin)(struct skw_compress *c);
	int (*run)(struct skw_compress *c, const uint8_t *bytes, size_t n, enum step step);
	void (*release)(struct skw_compress *c);
};

#ifdef HAVE_ZLIB
static int gzip_begin(struct skw_compress *c)
{
	return deflateInit2(&c->z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, 8,
			    Z_DEFAULT_STRATEGY) == Z_OK
		       ? 0
		       : -ENOMEM;
}

static int gzip_run(struct skw_compress *c, const uint8_t *bytes, size_t n, enum step step)
{
	static const int flush[STEP_COUNT] = { Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH };

	/* zlib does not write to its input, but its interface lacks const. */
	c->z.next_in = (uint8_t *)(uintptr_t)bytes;
	c->z.avail_in = (uInt)n;
	do {
		c->z.next_out = c->piece;
		c->z.avail_out = sizeof(c->piece);
		if (deflate(&c->z, flush[step]) == Z_STREAM_ERROR)
			return -EINVAL;
		size_t have = sizeof(c->piece) - c->z.avail_out;
		int ret = have ? c->put(c->arg, c->piece, have) : 0;
		if (ret)
			return ret;
	} while (!c->z.avail_out);
	return 0;
}

static void gzip_release(struct skw_compress *c)
{
	deflateEnd(&c->z);
}
#endif

#ifdef HAVE_ZSTD
static int zstd_begin(struct skw_compress *c)
{
	c->zstd = ZSTD_createCStream();
	if (!c->zstd)
		return -ENOMEM;
	ZSTD_CCtx_setParameter(c->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
	ZSTD_CCtx_setParameter(c->zstd, ZSTD_c_checksumFlag, 1);
	return 0;
}

static int zstd_run(struct skw_compress *c, const uint8_t *bytes, size_t n, enum step step)
{
	static const ZSTD_EndDirective end[STEP_COUNT] = { ZSTD_e_continue, ZSTD_e_flush,
							   ZSTD_e_end };
	ZSTD_inBuffer in = { bytes, n, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { c->piece, sizeof(c->piece), 0 };

		left = ZSTD_compressStream2(c->zstd, &out, &in, end[step]);
		if (ZSTD_isError(left))
			return ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation ? -ENOMEM
										       : -EINVAL;
		int ret = out.pos ? c->put(c->arg, c->piece, out.pos) : 0;
		if (ret)
			return ret;
	} while (step == STEP_MORE ? in.pos < in.size : left);
	return 0;
}

static void zstd_release(struct skw_compress *c)
{
	ZSTD_freeCStream(c->zstd);
}
#endif

static const struct packer methods[] = {
#ifdef HAVE_ZLIB
	{ SKW_COMPRESSION_GZIP, gzip_begin, gzip_run, gzip_release },
#endif
#ifdef HAVE_ZSTD
	{ SKW_COMPRESSION_ZSTD, zstd_begin, zstd_run, zstd_release },
#endif
	{ SKW_COMPRESSION_NONE, NULL, NULL, NULL }, /* the end */
};

static const struct packer *find(enum skw_compression kind)
{
	const struct packer *m = methods;

	while (m->begin && m->kind != kind)
		m++;
	return m->begin ? m : NULL;
}

bool skw_compress_supported(enum skw_compression kind)
{
	return kind == SKW_COMPRESSION_NONE || find(kind);
}

int skw_compress_new(enum skw_compression kind, skw_compress_put *put, void *arg,
		     struct skw_compress **out)
{
	const struct packer *m = find(kind);

	if (!m)
		return -ENOTSUP;
	struct skw_compress *c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->method = m;
	c->put = put;
	c->arg = arg;
	int ret = m->begin(c);
	if (ret) {
		free(c);
		return ret;
	}
	*out = c;
	return 0;
}

void skw_compress_free(struct skw_compress *c)
{
	if (!c)
		return;
	c->method->release(c);
	free(c);
}

int skw_compress_write(struct skw_compress *c, const uint8_t *bytes, size_t n)
{
	return n ? c->method->run(c, bytes, n, STEP_MORE) : 0;
}

int skw_compress_flush(struct skw_compress *c)
{
	return c->method->run(c, NULL, 0, STEP_FLUSH);
}

int skw_compress_end(struct skw_compress *c)
{
	return c->method->run(c, NULL, 0, STEP_END);
}
