/* SPDX-License-Identifier: BSD-2-Clause */
/* The choice of the columns that fit on a screen, and their places. */
#ifndef SKW_UI_DRAW_LAYOUT_H
#define SKW_UI_DRAW_LAYOUT_H

#include "ui/draw/columns.h"

/* The largest number of columns in a layout. */
#define SKW_LAYOUT_COLUMNS 32

/* Where the columns are. Any table of columns can be laid out, not only skw_columns. */
struct skw_layout {
	struct skw_placed {
		uint8_t column;
		int x, width;
	} at[SKW_LAYOUT_COLUMNS];
	size_t len;
	int width; /* of all columns together */
};

/*
 * Places `n` columns of `infos` from x on, with a blank between two columns, in at most `width`. If
 * there is not enough room, the columns with the lowest `stays` are left out. Room that is left
 * goes to addresses first, then to the other columns that want more, to those with the highest
 * `stays` first. want[i] is the width of the texts in column ids[i], which may be less than its
 * least width; 0, or want == NULL: not known. The part of a wanted width that exceeds that of
 * `infos` is given last.
 */
void skw_layout_make(struct skw_layout *l, const struct skw_column_info *infos, const uint8_t *ids,
		     size_t n, const uint8_t *want, int x, int width);

#endif
