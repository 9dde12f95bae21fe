/* SPDX-License-Identifier: BSD-2-Clause */
/* Two lists of columns: one to choose the sort order, one to choose and order the columns. */
#ifndef SKW_UI_MENU_H
#define SKW_UI_MENU_H

#include "ui/state.h"

void skw_menu_open_sort(struct skw_screen *s);
void skw_menu_open_columns(struct skw_screen *s);

void skw_menu_draw(struct skw_screen *s, int y, int rows);
void skw_menu_move(struct skw_screen *s, enum skw_motion motion);
/* In the sort list, sorts by the column under the cursor. In the other, shows or hides it. */
void skw_menu_choose(struct skw_screen *s);
/* Moves the column under the cursor one place to the left or to the right. */
void skw_menu_shift(struct skw_screen *s, bool right);
/* Goes back to the default columns. */
void skw_menu_reset(struct skw_screen *s);
/* Handles a click on line y of the screen. */
void skw_menu_click(struct skw_screen *s, int y);

#endif
