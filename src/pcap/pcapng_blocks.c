// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/pcapng_blocks.h"

#include <errno.h>
#include <stddef.h>

#include "pcap/pcapng.h"
#include "pcap/read_error.h"

/*
 * The longest block that is kept. The largest packet that a program captures is much shorter, and
 * other programs refuse files with longer blocks.
 */
#define BLOCK_MAX    (16u << 20)
#define BLOCK_MIN    12 /* type, length, and the length again */
#define HEAD_BYTES   8  /* type and length */
#define SECTION_MIN  (BLOCK_MIN + 16)
#define LENGTH_BYTES 4

int skw_pcapng_blocks_corrupt(const struct skw_pcapng_blocks *b, const char *what,
			      struct skw_error *err)
{
	return skw_read_error_corrupt(err, b->name, b->packets, what);
}

int skw_pcapng_blocks_no_memory(const struct skw_pcapng_blocks *b, struct skw_error *err)
{
	return skw_error_set(err, -ENOMEM, "%s: out of memory", b->name);
}

void skw_pcapng_blocks_free(struct skw_pcapng_blocks *b)
{
	skw_buf_free(&b->bytes);
}

/* Reads n bytes of the stream. Returns 1, 0 at the end of the file, or -errno with a text. */
static int read_bytes(struct skw_pcapng_blocks *b, void *to, size_t n, struct skw_error *err)
{
	errno = 0;
	size_t got = fread(to, 1, n, b->file);
	if (got == n)
		return 1;
	if (ferror(b->file))
		return skw_read_error_stream(err, b->name, errno ? errno : EIO, b->packets);
	return got ? skw_read_error_truncated(err, b->name, b->packets) : 0;
}

/* The same, but the end of the file is an error. Returns 0 or -errno. */
static int need_bytes(struct skw_pcapng_blocks *b, void *to, size_t n, struct skw_error *err)
{
	int ret = n ? read_bytes(b, to, n, err) : 1;

	if (!ret)
		return skw_read_error_truncated(err, b->name, b->packets);
	return ret < 0 ? ret : 0;
}

/* Appends the next n bytes of the stream to b->bytes. Returns their place, or NULL with *ret set.
 */
static const uint8_t *append(struct skw_pcapng_blocks *b, size_t n, int *ret, struct skw_error *err)
{
	uint8_t *p = skw_buf_reserve(&b->bytes, n);

	*ret = p ? need_bytes(b, p, n, err) : skw_pcapng_blocks_no_memory(b, err);
	if (*ret)
		return NULL;
	b->bytes.len += n;
	return p;
}

static int skip_bytes(struct skw_pcapng_blocks *b, size_t n, struct skw_error *err)
{
	uint8_t waste[4096];

	while (n) {
		size_t part = n < sizeof(waste) ? n : sizeof(waste);
		int ret = need_bytes(b, waste, part, err);

		if (ret)
			return ret;
		n -= part;
	}
	return 0;
}

static int check_lengths(const struct skw_pcapng_blocks *b, const uint8_t again[LENGTH_BYTES],
			 struct skw_error *err)
{
	if (skw_pcapng_get32(again, b->swapped) == b->raw.len)
		return 0;
	return skw_pcapng_blocks_corrupt(b, "the two lengths of a block differ", err);
}

/* Reads the part of b->raw that is not in b->bytes yet. Returns 0 or -errno. */
static int read_rest(struct skw_pcapng_blocks *b, struct skw_error *err)
{
	int ret;

	if (b->raw.len > BLOCK_MAX)
		return skw_pcapng_blocks_corrupt(b, "a block is longer than 16 MiB", err);
	if (!append(b, b->raw.len - b->bytes.len, &ret, err))
		return ret;
	b->raw.bytes = b->bytes.data;
	return check_lengths(b, b->raw.bytes + b->raw.len - LENGTH_BYTES, err);
}

/* Reads over a block that is too long to be kept. Returns 0 or -errno. */
static int skip_rest(struct skw_pcapng_blocks *b, struct skw_error *err)
{
	uint8_t again[LENGTH_BYTES];
	int ret = skip_bytes(b, b->raw.len - HEAD_BYTES - LENGTH_BYTES, err);

	if (!ret)
		ret = need_bytes(b, again, sizeof(again), err);
	return ret ? ret : check_lengths(b, again, err);
}

/* The byte order comes first, because the length can't be read without it. */
static int read_section(struct skw_pcapng_blocks *b, struct skw_error *err)
{
	int ret;
	const uint8_t *magic = append(b, 4, &ret, err);

	if (!magic)
		return ret;
	if (skw_pcapng_get32(magic, false) == SKW_PCAPNG_BYTE_ORDER)
		b->swapped = false;
	else if (skw_pcapng_get32(magic, true) == SKW_PCAPNG_BYTE_ORDER)
		b->swapped = true;
	else
		return skw_pcapng_blocks_corrupt(b, "a section header has no byte order mark", err);

	b->raw.len = skw_pcapng_get32(b->bytes.data + 4, b->swapped);
	b->raw.swapped = b->swapped;
	if (b->raw.len < SECTION_MIN || b->raw.len % 4)
		return skw_pcapng_blocks_corrupt(b, "a section header has a wrong length", err);
	ret = read_rest(b, err);
	if (!ret && skw_pcapng_get16(b->raw.bytes + 12, b->swapped) != 1)
		ret = skw_pcapng_blocks_corrupt(b, "a section of an unknown version", err);
	return ret;
}

/* Whether the reader takes blocks of this type apart. */
static bool is_needed(uint32_t type)
{
	return type == SKW_PCAPNG_INTERFACE || type == SKW_PCAPNG_STATISTICS ||
	       type == SKW_PCAPNG_PACKET || type == SKW_PCAPNG_OLD_PACKET ||
	       type == SKW_PCAPNG_SIMPLE_PACKET;
}

int skw_pcapng_blocks_next(struct skw_pcapng_blocks *b, struct skw_error *err)
{
	uint8_t head[HEAD_BYTES];
	int ret = read_bytes(b, head, sizeof(head), err);

	if (ret <= 0)
		return ret;
	skw_buf_reset(&b->bytes);
	skw_buf_add(&b->bytes, head, sizeof(head));
	if (b->bytes.failed)
		return skw_pcapng_blocks_no_memory(b, err);
	b->raw = (struct skw_raw_block){ .len = skw_pcapng_get32(head + 4, b->swapped),
					 .type = skw_pcapng_get32(head, b->swapped),
					 .swapped = b->swapped };
	if (b->raw.type == SKW_PCAPNG_SECTION)
		ret = read_section(b, err);
	else if (b->raw.len < BLOCK_MIN || b->raw.len % 4)
		ret = skw_pcapng_blocks_corrupt(b, "a block has a wrong length", err);
	else if (b->raw.len <= BLOCK_MAX || is_needed(b->raw.type))
		ret = read_rest(b, err);
	else
		ret = skip_rest(b, err);
	return ret ? ret : 1;
}

struct skw_pcapng_body skw_pcapng_blocks_body(const struct skw_pcapng_blocks *b)
{
	return (struct skw_pcapng_body){ b->raw.bytes + HEAD_BYTES, b->raw.len - BLOCK_MIN,
					 b->swapped };
}
