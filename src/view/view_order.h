/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of rows. What they are sorted by is taken out of each once, as a number that compares
 * like it; only where two are the same the rows are looked at again.
 */
#ifndef SKW_VIEW_VIEW_ORDER_H
#define SKW_VIEW_VIEW_ORDER_H

#include "row/field.h"

struct skw_view_item {
	uint64_t key;
	const struct skw_row *row;
};

/* Whether a field goes up and down from tick to tick, and so is sorted by smoothed. */
bool skw_view_is_smoothed(enum skw_field field);

/* False: unknown for this row. Addresses go by family, then by number; text by its bytes. */
bool skw_view_key(const struct skw_row *row, enum skw_field field, uint64_t *key);

/* Equal ones go by cookie, upwards in either order. All of them have a key. */
void skw_view_sort(struct skw_view_item *items, size_t len, enum skw_field field, bool ascending);
/* Those without a key, among themselves: by cookie. */
void skw_view_sort_unknown(struct skw_view_item *items, size_t len);

#endif
