/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages at the begin of TCP payload, which may lie in several segments. Segments in order are
 * enough: the few that are not cost a name. Internal to this room.
 */
#ifndef SKW_ASKED_PIECES_H
#define SKW_ASKED_PIECES_H

#include <stdint.h>

#include "flow/flow.h"
#include "util/bytes.h"

struct skw_asked_piece {
	struct skw_tuple tuple; /* local is the sender */
	uint32_t next_seq;
	uint32_t have, need;
	uint64_t age;  /* the smallest one is the oldest */
	uint8_t *data; /* owned; NULL: the place is free */
};

#define SKW_ASKED_PIECES 64

struct skw_asked_pieces {
	struct skw_asked_piece places[SKW_ASKED_PIECES];
	struct skw_asked_piece *given; /* the one that is complete */
	unsigned used;
	uint64_t age;
	uint64_t forgotten;
};

void skw_asked_pieces_free(struct skw_asked_pieces *p);

/* Keeps the begin of a message of `need` bytes, which is longer than b. 0 or -ENOMEM. */
int skw_asked_pieces_begin(struct skw_asked_pieces *p, const struct skw_flow *flow,
			   struct skw_bytes b, uint32_t need);
/*
 * Adds a segment to a message that was begun. 1: *whole is complete, and valid until
 * skw_asked_pieces_end(), which must follow. 0: it is not yet. -ENOENT: there is none that the
 * segment follows.
 */
int skw_asked_pieces_add(struct skw_asked_pieces *p, const struct skw_flow *flow,
			 struct skw_bytes b, struct skw_bytes *whole);
void skw_asked_pieces_end(struct skw_asked_pieces *p);

#endif
