/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies blocks from one pcapng file to another in their section's byte order. A block stays as it
 * is, byte for byte, except for the few changes that are named here.
 * Source: draft-ietf-opsawg-pcapng, sections 3.1, 3.5 and 4.
 */
#ifndef SKW_PCAP_PCAPNG_COPY_H
#define SKW_PCAP_PCAPNG_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/raw_block.h"
#include "util/buf.h"

/* Counts the things that have no place in a copy. */
struct skw_pcapng_uncopied {
	uint64_t blocks;   /* custom blocks that must not be copied */
	uint64_t options;  /* custom options that must not be copied */
	uint64_t too_long; /* blocks that the reader could not keep */
};

/*
 * Finds out what of the block belongs into a copy:
 * - nothing, if it is a custom block that must not be copied, or too long;
 * - no custom options that must not be copied;
 * - the length of a section as unknown, because the copy may have fewer blocks;
 * - with cut > 0, no more than `cut` bytes of a packet, and a snapshot length that says so.
 * Returns 1 with *out filled, which borrows from *in, or from `room` if the block has changed; 0 if
 * nothing is left; or -ENOMEM.
 */
int skw_pcapng_copy(const struct skw_raw_block *in, uint32_t cut, struct skw_buf *room,
		    struct skw_raw_block *out, struct skw_pcapng_uncopied *uncopied);

/*
 * Appends a section header or an interface description with no more than it needs for packets to
 * be read: at most 44 bytes. Returns 0 or -ENOMEM.
 */
int skw_pcapng_add_short(struct skw_buf *to, const struct skw_raw_block *b);

/*
 * Whether later packets can't be read, or are read less well, without this block. So each file of a
 * rotation needs it.
 */
bool skw_pcapng_is_for_all(const struct skw_raw_block *b);

/* The parts of a block that a pcap file has no place for, as bits. */
enum skw_pcapng_extra {
	SKW_PCAPNG_HAS_COMMENTS = 1 << 0,
	SKW_PCAPNG_HAS_PACKET_OPTIONS = 1 << 1,
	SKW_PCAPNG_HAS_IFACE_OPTIONS = 1 << 2,
	SKW_PCAPNG_HAS_SECTION_OPTIONS = 1 << 3,
	SKW_PCAPNG_HAS_NAMES = 1 << 4,
	SKW_PCAPNG_HAS_SECRETS = 1 << 5,
	SKW_PCAPNG_HAS_STATISTICS = 1 << 6,
	SKW_PCAPNG_HAS_JOURNAL = 1 << 7,
	SKW_PCAPNG_HAS_CUSTOM = 1 << 8,
	SKW_PCAPNG_HAS_UNKNOWN = 1 << 9,
};
#define SKW_PCAPNG_EXTRAS 10
unsigned skw_pcapng_extras(const struct skw_raw_block *b);

#endif
