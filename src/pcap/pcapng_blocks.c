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

/* Why there are fewer bytes than the caller needs. */
static int cut_short(const struct skw_pcapng_blocks *b, struct skw_error *err)
{
	int ended = b->stream->ended;

	return ended < 0 ? skw_read_error_stream(err, b->name, -ended, b->packets)
			 : skw_read_error_truncated(err, b->name, b->packets);
}

static int check_lengths(const struct skw_pcapng_blocks *b, const uint8_t again[LENGTH_BYTES],
			 struct skw_error *err)
{
	if (skw_pcapng_get32(again, b->swapped) == b->raw.len)
		return 0;
	return skw_pcapng_blocks_corrupt(b, "the two lengths of a block differ", err);
}

/* Takes the whole block, which is at the front of the stream. Returns 0 or -errno. */
static int take_block(struct skw_pcapng_blocks *b, struct skw_error *err)
{
	if (b->raw.len > BLOCK_MAX)
		return skw_pcapng_blocks_corrupt(b, "a block is longer than 16 MiB", err);
	b->raw.bytes = skw_byte_stream_look(b->stream, b->raw.len);
	if (!b->raw.bytes)
		return cut_short(b, err);
	skw_byte_stream_use(b->stream, b->raw.len);
	return check_lengths(b, b->raw.bytes + b->raw.len - LENGTH_BYTES, err);
}

/* Reads over a block that is too long to be kept. Returns 0 or -errno. */
static int skip_block(struct skw_pcapng_blocks *b, struct skw_error *err)
{
	struct skw_byte_stream *s = b->stream;
	size_t left = b->raw.len - LENGTH_BYTES;

	while (left) {
		if (!skw_byte_stream_look(s, 1))
			return cut_short(b, err);
		size_t part = left < s->have ? left : s->have;

		skw_byte_stream_use(s, part);
		left -= part;
	}
	const uint8_t *again = skw_byte_stream_look(s, LENGTH_BYTES);

	if (!again)
		return cut_short(b, err);
	skw_byte_stream_use(s, LENGTH_BYTES);
	return check_lengths(b, again, err);
}

/* The byte order comes first, because the length can't be read without it. */
static int read_section(struct skw_pcapng_blocks *b, struct skw_error *err)
{
	const uint8_t *p = skw_byte_stream_look(b->stream, HEAD_BYTES + 4);

	if (!p)
		return cut_short(b, err);
	if (skw_pcapng_get32(p + HEAD_BYTES, false) == SKW_PCAPNG_BYTE_ORDER)
		b->swapped = false;
	else if (skw_pcapng_get32(p + HEAD_BYTES, true) == SKW_PCAPNG_BYTE_ORDER)
		b->swapped = true;
	else
		return skw_pcapng_blocks_corrupt(b, "a section header has no byte order mark", err);

	b->raw.len = skw_pcapng_get32(p + 4, b->swapped);
	b->raw.swapped = b->swapped;
	if (b->raw.len < SECTION_MIN || b->raw.len % 4)
		return skw_pcapng_blocks_corrupt(b, "a section header has a wrong length", err);
	int ret = take_block(b, err);
	if (ret || !b->raw.bytes)
		return ret;
	if (skw_pcapng_get16(b->raw.bytes + 12, b->swapped) != 1)
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
	const uint8_t *head = skw_byte_stream_look(b->stream, HEAD_BYTES);
	int ret;

	if (!head)
		return b->stream->ended < 0 || b->stream->have ? cut_short(b, err) : 0;
	b->raw = (struct skw_raw_block){ .len = skw_pcapng_get32(head + 4, b->swapped),
					 .type = skw_pcapng_get32(head, b->swapped),
					 .swapped = b->swapped };
	if (b->raw.type == SKW_PCAPNG_SECTION)
		ret = read_section(b, err);
	else if (b->raw.len < BLOCK_MIN || b->raw.len % 4)
		ret = skw_pcapng_blocks_corrupt(b, "a block has a wrong length", err);
	else if (b->raw.len <= BLOCK_MAX || is_needed(b->raw.type))
		ret = take_block(b, err);
	else
		ret = skip_block(b, err);
	return ret ? ret : 1;
}

bool skw_pcapng_blocks_goes_on(const struct skw_pcapng_blocks *b)
{
	const struct skw_byte_stream *s = b->stream;

	return s->at && s->have >= HEAD_BYTES &&
	       skw_pcapng_get32(s->at, b->swapped) == SKW_PCAPNG_PACKET &&
	       skw_pcapng_get32(s->at + 4, b->swapped) <= s->have;
}

struct skw_pcapng_body skw_pcapng_blocks_body(const struct skw_pcapng_blocks *b)
{
	return (struct skw_pcapng_body){ b->raw.bytes + HEAD_BYTES, b->raw.len - BLOCK_MIN,
					 b->swapped };
}
