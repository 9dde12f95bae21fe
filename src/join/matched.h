/* SPDX-License-Identifier: BSD-2-Clause */
/* A few bits for each row of a table, at the row's place. Only for this room. */
#ifndef SKW_JOIN_MATCHED_H
#define SKW_JOIN_MATCHED_H

#include <stddef.h>
#include <stdint.h>

#include "model/row.h"

struct skw_matched_row {
	uint64_t cookie;
	uint32_t bits;
	uint32_t more; /* the caller's */
};

struct skw_matched {
	struct skw_matched_row *all; /* owned; by the place of the row */
	size_t len;
	struct skw_matched_row none; /* for a row that has no place */
};

void skw_matched_free(struct skw_matched *m); /* not `m` itself */

/*
 * The bits of a row of a table: none, if another row was at its place, or if it has no place. NULL:
 * memory is short. The result is valid until the next call.
 */
struct skw_matched_row *skw_matched_at(struct skw_matched *m, const struct skw_row *row);

#endif
