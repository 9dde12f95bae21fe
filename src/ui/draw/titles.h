/* SPDX-License-Identifier: BSD-2-Clause */
/* The line above a table: the titles of its columns. */
#ifndef SKW_UI_DRAW_TITLES_H
#define SKW_UI_DRAW_TITLES_H

#include <stdbool.h>

#include "ui/draw/layout.h"
#include "ui/draw/paint.h"

/* No column of a table. */
#define SKW_TITLES_NONE (-1)

/* Draws them in line y. `sorted` is the place in the layout of the column that is sorted by. */
void skw_titles_draw(const struct skw_paint *paint, const struct skw_layout *layout,
		     const struct skw_column_info *infos, int sorted, bool ascending, int y);
/* Draws the text of a cell into a column of the layout. */
void skw_titles_cell(const struct skw_paint *paint, const struct skw_placed *at,
		     const struct skw_column_info *infos, int y, enum skw_style style,
		     bool selected, const char *text);
/* The place in the layout of the column that is at x, SKW_TITLES_NONE if there is none. */
int skw_titles_at(const struct skw_layout *layout, int x);

#endif
