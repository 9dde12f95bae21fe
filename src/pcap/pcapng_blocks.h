/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a pcapng file block by block, from a stream, with sections in either byte order. The
 * contents of the blocks are left to the caller. Source: draft-ietf-opsawg-pcapng, section 3.
 */
#ifndef SKW_PCAP_PCAPNG_BLOCKS_H
#define SKW_PCAP_PCAPNG_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "model/raw_block.h"
#include "pcap/pcapng_body.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_pcapng_blocks {
	FILE *file;       /* borrowed */
	const char *name; /* borrowed; for messages */
	uint64_t packets; /* for messages; the caller counts them */
	bool swapped;     /* the current section is not in this host's byte order */
	/* The current block, valid until the next one is read. */
	struct skw_raw_block raw;
	struct skw_buf bytes; /* owned: the bytes of `raw` */
};

void skw_pcapng_blocks_free(struct skw_pcapng_blocks *b);

/*
 * Reads the next block into b->raw. Both lengths of the block are checked, and of a section header
 * also its byte order and version. Blocks of packets, interfaces and statistics are an error if
 * they are longer than 16 MiB; other blocks of that size are skipped, and b->raw.bytes is NULL.
 * Returns 1, 0 at the end of the file, or -errno with a text.
 */
int skw_pcapng_blocks_next(struct skw_pcapng_blocks *b, struct skw_error *err);

/* The part of the current block between its two lengths. */
struct skw_pcapng_body skw_pcapng_blocks_body(const struct skw_pcapng_blocks *b);

/* Says that the bytes contradict the format. Returns -errno. */
int skw_pcapng_blocks_corrupt(const struct skw_pcapng_blocks *b, const char *what,
			      struct skw_error *err);
int skw_pcapng_blocks_no_memory(const struct skw_pcapng_blocks *b, struct skw_error *err);

#endif
