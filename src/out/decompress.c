// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/decompress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

/* zlib: the largest window. Adding 16 makes it accept gzip headers only. */
#define GZIP_WINDOW_BITS (15 + 16)

struct skw_decompress {
	const struct unpacker *method;
	bool at_end;
#ifdef HAVE_ZLIB
	z_stream z;
#endif
#ifdef HAVE_ZSTD
	ZSTD_DStream *zstd;
#endif
};

struct unpacker {
	enum skw_compression kind;
	int (*begin)(struct skw_decompress *d);
	int (*run)(struct skw_decompress *d, struct skw_decompress_io *io);
	void (*release)(struct skw_decompress *d);
};

#ifdef HAVE_ZLIB
static int gzip_begin(struct skw_decompress *d)
{
	return inflateInit2(&d->z, GZIP_WINDOW_BITS) == Z_OK ? 0 : -ENOMEM;
}

static int gzip_run(struct skw_decompress *d, struct skw_decompress_io *io)
{
	if (d->at_end) {
		if (!io->in_left)
			return 0;
		if (inflateReset(&d->z) != Z_OK)
			return -EBADMSG;
		d->at_end = false;
	}
	d->z.next_in = (uint8_t *)(uintptr_t)io->in;
	d->z.avail_in = (uInt)io->in_left;
	d->z.next_out = io->out;
	d->z.avail_out = (uInt)io->out_left;
	int ret = inflate(&d->z, Z_NO_FLUSH);
	io->in = d->z.next_in;
	io->in_left = d->z.avail_in;
	io->out = d->z.next_out;
	io->out_left = d->z.avail_out;
	d->at_end = ret == Z_STREAM_END;
	/* Z_BUF_ERROR means that there was nothing to do, which is no error. */
	if (ret == Z_MEM_ERROR)
		return -ENOMEM;
	return ret == Z_OK || ret == Z_STREAM_END || ret == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static void gzip_release(struct skw_decompress *d)
{
	inflateEnd(&d->z);
}
#endif

#ifdef HAVE_ZSTD
static int zstd_begin(struct skw_decompress *d)
{
	d->zstd = ZSTD_createDStream();
	return d->zstd ? 0 : -ENOMEM;
}

static int zstd_run(struct skw_decompress *d, struct skw_decompress_io *io)
{
	ZSTD_inBuffer in = { io->in, io->in_left, 0 };
	ZSTD_outBuffer out = { io->out, io->out_left, 0 };

	if (d->at_end && !io->in_left)
		return 0;
	size_t r = ZSTD_decompressStream(d->zstd, &out, &in);
	if (ZSTD_isError(r))
		return -EBADMSG;
	io->in += in.pos;
	io->in_left -= in.pos;
	io->out += out.pos;
	io->out_left -= out.pos;
	d->at_end = !r;
	return 0;
}

static void zstd_release(struct skw_decompress *d)
{
	ZSTD_freeDStream(d->zstd);
}
#endif

static const struct unpacker methods[] = {
#ifdef HAVE_ZLIB
	{ SKW_COMPRESSION_GZIP, gzip_begin, gzip_run, gzip_release },
#endif
#ifdef HAVE_ZSTD
	{ SKW_COMPRESSION_ZSTD, zstd_begin, zstd_run, zstd_release },
#endif
	{ SKW_COMPRESSION_NONE, NULL, NULL, NULL }, /* the end */
};

enum skw_compression skw_decompress_detect(const uint8_t *bytes, size_t n)
{
	static const struct {
		enum skw_compression kind;
		uint8_t len;
		uint8_t magic[SKW_DECOMPRESS_MAGIC_BYTES];
	} magics[] = {
		{ SKW_COMPRESSION_GZIP, 3, { 0x1f, 0x8b, 8 } },
		{ SKW_COMPRESSION_ZSTD, 4, { 0x28, 0xb5, 0x2f, 0xfd } },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(magics); i++)
		if (n >= magics[i].len && !memcmp(bytes, magics[i].magic, magics[i].len))
			return magics[i].kind;
	return SKW_COMPRESSION_NONE;
}

int skw_decompress_new(enum skw_compression kind, struct skw_decompress **out)
{
	const struct unpacker *m = methods;

	while (m->begin && m->kind != kind)
		m++;
	if (!m->begin)
		return -ENOTSUP;
	struct skw_decompress *d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->method = m;
	int ret = m->begin(d);
	if (ret) {
		free(d);
		return ret;
	}
	*out = d;
	return 0;
}

void skw_decompress_free(struct skw_decompress *d)
{
	if (!d)
		return;
	d->method->release(d);
	free(d);
}

int skw_decompress_run(struct skw_decompress *d, struct skw_decompress_io *io)
{
	return d->method->run(d, io);
}

bool skw_decompress_at_end(const struct skw_decompress *d)
{
	return d->at_end;
}
