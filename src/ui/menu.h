/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of columns: which one to sort by, which ones to show and in which order. */
#ifndef SKW_UI_MENU_H
#define SKW_UI_MENU_H

#include "ui/state.h"

void skw_menu_open_sort(struct skw_screen *s);
void skw_menu_open_columns(struct skw_screen *s);

void skw_menu_draw(struct skw_screen *s, int y, int rows);
void skw_menu_move(struct skw_screen *s, enum skw_motion motion);
/* Sorts by what is under the cursor; shows or hides that column. */
void skw_menu_choose(struct skw_screen *s);
/* Moves the column under the cursor to the left or to the right. */
void skw_menu_shift(struct skw_screen *s, bool right);
/* The columns as they are without a choice. */
void skw_menu_reset(struct skw_screen *s);
/* A click on the screen. */
void skw_menu_click(struct skw_screen *s, int y);

#endif
