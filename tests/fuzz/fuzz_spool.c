// SPDX-License-Identifier: BSD-2-Clause
/*
 * Spools. Any file is refused, or gives lines that are within it, and takes more lines that come
 * out again. The first byte is what is done with it.
 */
#include "post/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct image {
	uint8_t *bytes;
	size_t size;
};

static int read_image(void *ctx, uint64_t at, void *to, size_t len)
{
	const struct image *i = ctx;

	if (at > i->size || len > i->size - at)
		abort();
	memcpy(to, i->bytes + at, len);
	return 0;
}

static int write_image(void *ctx, uint64_t at, const void *from, size_t len)
{
	struct image *i = ctx;

	if (at > i->size || len > i->size - at)
		abort();
	memcpy(i->bytes + at, from, len);
	return 0;
}

/* Returns the number of lines that can be read. */
static uint64_t read_all(struct skw_post_ring *r, size_t most)
{
	struct skw_buf out = SKW_BUF_INIT;
	uint64_t at = r->tail, lines = 0;

	for (;;) {
		uint64_t before = at;
		int ret = skw_post_ring_read(r, &at, most, &out, &lines);

		if (ret < 0 || at < before || at > r->head)
			abort();
		if (!ret && !out.len)
			break;
		skw_buf_reset(&out);
	}
	if (at != r->head)
		abort();
	skw_buf_free(&out);
	return lines;
}

static void use(struct skw_post_ring *r, const struct skw_post_store *store, size_t size,
		uint8_t how)
{
	uint64_t lines = r->lines;

	if (r->tail > r->head || r->head - r->tail > r->size || read_all(r, how) != lines)
		abort();
	if (how & 1 && skw_post_ring_add(r, "lines\n", 6, 1) == 0)
		lines++;
	if (read_all(r, 0) != lines)
		abort();
	if (how & 2) {
		if (skw_post_ring_confirm(r, r->head, lines))
			abort();
		lines = 0;
	}
	/* The next process finds the same. */
	skw_post_ring_free(r);
	if (skw_post_ring_open(r, store, size) || r->lines != lines)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image = { malloc(size ? size : 1), size ? size - 1 : 0 };
	const struct skw_post_store store = { read_image, write_image, &image };
	struct skw_post_ring r;

	if (!image.bytes)
		abort();
	if (size)
		memcpy(image.bytes, data + 1, size - 1);
	if (size && skw_post_ring_open(&r, &store, size - 1) == 0)
		use(&r, &store, size - 1, data[0]);
	if (size)
		skw_post_ring_free(&r);
	free(image.bytes);
	return 0;
}
