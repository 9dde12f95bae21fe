/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks of a pcapng file on their way into other pcapng files. The first output file gets all
 * blocks in their order. Each further file of a rotation begins with those that its packets need:
 * the section header, the interfaces, names and secrets.
 */
#ifndef SKW_SINK_RECORD_RECORD_COPY_H
#define SKW_SINK_RECORD_RECORD_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/raw_block.h"
#include "out/out.h"
#include "pcap/pcapng_copy.h"
#include "util/buf.h"

/* No more than this is kept for the files of a rotation, and before the first file is opened. */
#define SKW_RECORD_COPY_MAX (16u << 20)

struct skw_record_copy {
	/* Set by the recorder. */
	struct skw_out *out; /* lent */
	uint32_t cut;        /* see struct skw_packet_kind */
	bool repeats;        /* there may be several files */
	bool waits;          /* the first file can't be opened before the first packet */

	bool active;        /* the current section is a copy */
	bool swapped;       /* the byte order of the last copied section is not this host's */
	bool begun;         /* the first file is open */
	struct skw_buf all; /* owned: for the first file, until that is open */
	/* Owned: for each further file. */
	struct skw_buf head;
	/*
	 * Owned: bytes for which the output had no room at once, and the number of them that it has
	 * now.
	 */
	struct skw_buf held;
	size_t held_done;
	bool held_packet;
	struct skw_buf room; /* owned */

	struct skw_pcapng_uncopied uncopied;
	bool head_is_short; /* something did not fit into `head` */
	bool all_is_short;  /* something did not fit into `all` */
};

void skw_record_copy_free(struct skw_record_copy *c);

/*
 * Begins a file. Returns 1 if it goes on with a copied section, 0 if the file needs a section of
 * our own, or -errno.
 */
int skw_record_copy_begin(struct skw_record_copy *c);
/* A section of our own begins in the current file. */
void skw_record_copy_stop(struct skw_record_copy *c);

/* Writes a block of any kind, or keeps it until the first file is open. Returns 0 or -errno. */
int skw_record_copy_block(struct skw_record_copy *c, const struct skw_raw_block *block);

/* Writes a whole block of our own, which is no packet, into a copied section. 0 or -errno. */
int skw_record_copy_put(struct skw_record_copy *c, const void *bytes, size_t n);

/* Whether so much is kept that the first file must be opened now. */
bool skw_record_copy_is_full(const struct skw_record_copy *c);

/*
 * Gives the output what it had no room for. With `wait`, waits for room. Returns 1 if nothing is
 * left, 0 or -errno.
 */
int skw_record_copy_settle(struct skw_record_copy *c, bool wait);

/* Tells the user what has no copy, and why. `name` is that of the output. */
void skw_record_copy_say(const struct skw_record_copy *c, const char *name);

#endif
