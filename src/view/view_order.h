/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of rows. For each row the sort key is computed once, as a number that has the same
 * order. Only if two numbers are equal are the rows themselves compared.
 */
#ifndef SKW_VIEW_VIEW_ORDER_H
#define SKW_VIEW_VIEW_ORDER_H

#include "row/field.h"

struct skw_view_item {
	uint64_t key;
	const struct skw_row *row;
};

/* Whether a field can rise and fall from tick to tick, so that its smoothed value is used. */
bool skw_view_is_smoothed(enum skw_field field);

/*
 * Returns false if the key is unknown for this row. Addresses are ordered by family, then by
 * number, and texts by their bytes.
 */
bool skw_view_key(const struct skw_row *row, enum skw_field field, uint64_t *key);

/*
 * Sorts rows that all have a key. Rows with equal keys are sorted by ascending cookie in either
 * order.
 */
void skw_view_sort(struct skw_view_item *items, size_t len, enum skw_field field, bool ascending);
/* Sorts rows without a key, by cookie. */
void skw_view_sort_unknown(struct skw_view_item *items, size_t len);

#endif
