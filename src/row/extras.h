/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of rows that most rows do not have: the counts of RTT samples, the RTTs of the last
 * minute, the datagrams. Each takes an extra, which is 64 bytes long and lies in one line of the
 * cache. Extras belong to a table of rows, never move, and are used again; their memory is freed
 * with the table.
 */
#ifndef SKW_ROW_EXTRAS_H
#define SKW_ROW_EXTRAS_H

#include <stddef.h>
#include <stdint.h>

#include "model/row.h"

union skw_extra;

struct skw_extras {
	void **slabs; /* owned, as its elements are */
	size_t slabs_len, slabs_size;
	union skw_extra *free; /* the first of those that are not used; NULL: none */
};

void skw_extras_free(struct skw_extras *x);

/* Gives the row a copy of these counts. NULL, or all ones: they are unknown. 0 or -ENOMEM. */
int skw_extras_set_hist(struct skw_extras *x, struct skw_row *row, const uint32_t *hist);
/* The same for the datagrams of a row of UDP. */
int skw_extras_set_datagrams(struct skw_extras *x, struct skw_row *row,
			     const struct skw_row_datagrams *datagrams);

/* Gives the row a history of its own with nothing in it. NULL: no memory. */
struct skw_row_history *skw_extras_add_history(struct skw_extras *x, struct skw_row *row);
/* Takes the history, or the datagrams, from the row. */
void skw_extras_drop_history(struct skw_extras *x, struct skw_row *row);

/* Takes all extras from the row. */
void skw_extras_drop(struct skw_extras *x, struct skw_row *row);
/* The row's extras are those of another table. This gives it copies. 0 or -ENOMEM. */
int skw_extras_copy(struct skw_extras *x, struct skw_row *row);

#endif
