/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of rows. For each row the sort key is computed once, as a number that has the same
 * order. Only if two numbers are equal are the rows themselves compared.
 */
#ifndef SKW_VIEW_VIEW_ORDER_H
#define SKW_VIEW_VIEW_ORDER_H

#include "row/field.h"
#include "table/table.h"
#include "view/smooth.h"

/* It is small, as there is one for each row. */
struct skw_view_item {
	uint32_t code;  /* of the key, see skw_view_encode() */
	uint32_t place; /* of the row in its table */
};

/*
 * Puts those items in their places that a full sort puts into [from, to). All that belong before
 * them are left of them, in any order. The first known_len items have a key, and the others come
 * after them. Rows with equal keys, or without, are sorted by ascending cookie in either order.
 */
struct skw_view_order {
	const struct skw_table *table;
	enum skw_field field;
	bool ascending;
	size_t known_len;
	struct skw_smooth *smooth; /* borrowed; the values of smoothed fields */
};

/* Keeps the order of keys. Different large keys may have the same code. */
uint32_t skw_view_encode(uint64_t key);
/* The key that rows are sorted by: smoothed where that is so. false: it is unknown. 0 or -ENOMEM.
 */
int skw_view_smoothed_key(const struct skw_row *row, const struct skw_view_order *by, bool tick,
			  bool *known, uint64_t *key);

void skw_view_sort(struct skw_view_item *items, size_t len, const struct skw_view_order *by,
		   size_t from, size_t to);
/* How many of the items come before this one, in whatever order they lie. */
size_t skw_view_rank(const struct skw_view_item *items, size_t len, const struct skw_view_order *by,
		     size_t at);

#endif
