/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines, and records of a known length, out of pieces that are cut anywhere. A line that is whole
 * within a piece is not copied. A zeroed struct is empty.
 *
 *	while (b.caplen && skw_gather_line(&s->line, &b, &line))
 *		take_line(line);
 */
#ifndef SKW_MESSAGE_GATHER_H
#define SKW_MESSAGE_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/bytes.h"

/* So much of a line or record is kept; of the rest only the length is known. */
#define SKW_GATHER_BYTES 1024

struct skw_gather {
	uint8_t *held; /* owned; NULL unless a line is incomplete */
	uint32_t kept;
	uint32_t len; /* of what has come, also what was not kept */
	bool given;   /* `held` was given out, and is empty at the next call */
};

/*
 * Takes bytes from the front of *b up to the next newline. True: *line is the line with its
 * newline, and borrowed until the next call; caplen is less than len if it was too long. False: it
 * is not complete, and *b is empty.
 */
bool skw_gather_line(struct skw_gather *g, struct skw_bytes *b, struct skw_bytes *line);

/* The same for a record of `need` bytes, whose first SKW_GATHER_BYTES are kept. */
bool skw_gather_record(struct skw_gather *g, struct skw_bytes *b, uint32_t need,
		       struct skw_bytes *record);

/* Bytes that have come of a line or record that is not complete. */
static inline uint32_t skw_gather_pending(const struct skw_gather *g)
{
	return g->given ? 0 : g->len;
}

size_t skw_gather_memory(const struct skw_gather *g);
/* Frees what is held and leaves it empty. */
void skw_gather_free(struct skw_gather *g);

#endif
