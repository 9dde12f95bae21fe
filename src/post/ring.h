/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of records with lines that wait to be sent, in memory or in a file. The place for it
 * (struct skw_post_store) reads and writes bytes, and this room decides which. Lines that were
 * added and not confirmed are found again when a file is opened, also after its writer was killed.
 *
 * Two heads of 4096 bytes, of which the newer valid one counts, come before the records. A record
 * has a head, its lines, and zeros up to a multiple of 16 bytes. The place of a record, which only
 * grows, is in its head, so that a record of an earlier lap is not taken for a new one. So is the
 * number of the opening, so that records behind one that was not whole never come back. Numbers are
 * in the byte order of the machine.
 */
#ifndef SKW_POST_RING_H
#define SKW_POST_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

#define SKW_POST_RING_HEADS 8192       /* bytes before the first record */
#define SKW_POST_RECORD_MAX (1U << 20) /* bytes of lines */
#define SKW_POST_RING_MIN   (256U << 10)

/* Each function returns 0 or -errno. `at` is a place from 0 to the end of the last record. */
struct skw_post_store {
	int (*read)(void *ctx, uint64_t at, void *to, size_t len);
	int (*write)(void *ctx, uint64_t at, const void *from, size_t len);
	void *ctx;
};

struct skw_post_ring {
	struct skw_post_store store;
	uint64_t size;          /* bytes for records, a multiple of 16 */
	uint64_t tail, head;    /* the places of the first record, and behind the last one */
	uint64_t lines;         /* between them */
	uint64_t opening;       /* counts how often it was opened */
	uint64_t saved, number; /* `head` in the newest head, and how many were written */
	uint64_t damaged;       /* bytes that were left out since it was opened */
	struct skw_buf record;  /* owned; one that is made or checked */
};

/* Makes an empty ring; *r is zeroed, and the caller frees it in any case. Returns 0 or -errno. */
int skw_post_ring_format(struct skw_post_ring *r, const struct skw_post_store *store,
			 uint64_t size);

/*
 * Opens the ring of a file of `bytes`, and writes a head. *r as above. Returns 0; -ENODATA if the
 * file has no ring because it never had one; -EMEDIUMTYPE if the file is of something else;
 * -EBADMSG if both heads are damaged or do not fit to the file; or another -errno.
 */
int skw_post_ring_open(struct skw_post_ring *r, const struct skw_post_store *store, uint64_t bytes);

void skw_post_ring_free(struct skw_post_ring *r);

/* Bytes from the first record to the end of the last one. */
static inline uint64_t skw_post_ring_used(const struct skw_post_ring *r)
{
	return r->head - r->tail;
}

bool skw_post_ring_has_room(const struct skw_post_ring *r, size_t len);

/*
 * Adds `len` bytes, which are `lines` lines. Returns 0; -ENOSPC if there is no room, -EMSGSIZE if
 * it is longer than SKW_POST_RECORD_MAX; or another -errno, and then nothing was added.
 */
int skw_post_ring_add(struct skw_post_ring *r, const void *bytes, size_t len, uint32_t lines);

/*
 * Appends the lines of the record at *at, or of the next one that is whole, to *out, unless *out
 * has bytes and would then be longer than `most`. *at moves behind the record, and *lines grows by
 * its number. Returns 1; 0 if there is no further record, or none that fits; or -errno.
 */
int skw_post_ring_read(struct skw_post_ring *r, uint64_t *at, size_t most, struct skw_buf *out,
		       uint64_t *lines);

/* The records before `at`, with that number of lines, were delivered. Returns 0 or -errno. */
int skw_post_ring_confirm(struct skw_post_ring *r, uint64_t at, uint64_t lines);

/* Writes where the records are, so that a file is opened faster. Returns 0 or -errno. */
int skw_post_ring_save(struct skw_post_ring *r);

#endif
