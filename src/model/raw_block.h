/* SPDX-License-Identifier: BSD-2-Clause */
/* A block of a pcapng file, as it stands in that file, or one that we add. Plain data. */
#ifndef SKW_MODEL_RAW_BLOCK_H
#define SKW_MODEL_RAW_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct skw_raw_block {
	/*
	 * Borrowed: the whole block, from its type to its second length. NULL if the block is too
	 * long to be kept.
	 */
	const uint8_t *bytes;
	uint32_t len;
	uint32_t type; /* enum skw_pcapng_block of pcap/pcapng.h, in host order */
	bool swapped;  /* the numbers in the block are not in this host's byte order */
	bool added;    /* it comes from no file, and is for the packets of all files */
};

#endif
