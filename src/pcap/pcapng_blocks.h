/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a pcapng file block by block, from a stream, with sections in either byte order. The
 * contents of the blocks are left to the caller. Source: draft-ietf-opsawg-pcapng, section 3.
 */
#ifndef SKW_PCAP_PCAPNG_BLOCKS_H
#define SKW_PCAP_PCAPNG_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/raw_block.h"
#include "pcap/pcapng_body.h"
#include "util/error.h"
#include "util/byte_stream.h"

struct skw_pcapng_blocks {
	struct skw_byte_stream *stream; /* borrowed */
	const char *name;               /* borrowed; for messages */
	uint64_t packets;               /* for messages; the caller counts them */
	bool swapped;                   /* the current section is not in this host's byte order */
	/* The current block. Its bytes are the stream's. */
	struct skw_raw_block raw;
};

/*
 * Reads the next block into b->raw. Both lengths of the block are checked, and of a section header
 * also its byte order and version. Blocks of packets, interfaces and statistics are an error if
 * they are longer than 16 MiB; other blocks of that size are skipped, and b->raw.bytes is NULL.
 * Returns 1, 0 at the end of the file, or -errno with a text.
 */
int skw_pcapng_blocks_next(struct skw_pcapng_blocks *b, struct skw_error *err);

/* Whether the next block is one of packets, and the stream has all of it already. */
bool skw_pcapng_blocks_goes_on(const struct skw_pcapng_blocks *b);

/* The part of the current block between its two lengths. */
struct skw_pcapng_body skw_pcapng_blocks_body(const struct skw_pcapng_blocks *b);

/* Says that the bytes contradict the format. Returns -errno. */
int skw_pcapng_blocks_corrupt(const struct skw_pcapng_blocks *b, const char *what,
			      struct skw_error *err);
int skw_pcapng_blocks_no_memory(const struct skw_pcapng_blocks *b, struct skw_error *err);

#endif
