/* SPDX-License-Identifier: BSD-2-Clause */
/* One line for each connection, one for each group. */
#ifndef SKW_UI_ROWS_H
#define SKW_UI_ROWS_H

#include "ui/state.h"

/* The heads of the columns at y, then lines y + 1 to y + rows - 1. Keeps the layout in s. */
void skw_rows_draw(struct skw_screen *s, int y, int rows);
void skw_rows_draw_groups(struct skw_screen *s, int y, int rows);

/* What the column at x sorts by; SKW_FIELDS: nothing. */
enum skw_field skw_rows_sort_at(const struct skw_screen *s, int x);
/* Sorts by it: the largest first, names and addresses from A to Z. */
void skw_rows_sort_by(struct skw_screen *s, enum skw_field field);

/* Is it unwell? Then the style that says so, otherwise SKW_STYLE_PLAIN. */
enum skw_style skw_rows_health(const struct skw_row *row);
/* Its round trips take far longer than they could. */
bool skw_rows_slow(const struct skw_row *row);

#endif
