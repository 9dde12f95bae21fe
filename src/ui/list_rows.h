/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of the list: one for each connection, or one for each group. */
#ifndef SKW_UI_LIST_ROWS_H
#define SKW_UI_LIST_ROWS_H

#include "ui/state.h"

/*
 * Draws the titles of the columns on line y and rows on the lines y + 1 to y + rows - 1. Stores the
 * layout in s.
 */
void skw_list_rows_draw(struct skw_screen *s, int y, int rows);
void skw_list_rows_draw_groups(struct skw_screen *s, int y, int rows);

/*
 * The field that a click on column x of the titles sorts by. SKW_FIELDS if there is no such field.
 */
enum skw_field skw_list_rows_sort_at(const struct skw_screen *s, int x);
/* Sorts by this field: numbers with the largest first, names and addresses in ascending order. */
void skw_list_rows_sort_by(struct skw_screen *s, enum skw_field field);

/* The style that marks a connection with problems, SKW_STYLE_PLAIN if it has none. */
enum skw_style skw_list_rows_health(const struct skw_row *row);
/* Whether a listener has more connections waiting than it allows, so that further ones are dropped.
 */
bool skw_list_rows_overflows(const struct skw_row *row);
/* Whether the round trips take far longer than the shortest that was measured. */
bool skw_list_rows_slow(const struct skw_row *row);

#endif
