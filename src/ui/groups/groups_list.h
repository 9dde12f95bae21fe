/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of groups, and the list to choose its order from. Internal to this room. */
#ifndef SKW_UI_GROUPS_GROUPS_LIST_H
#define SKW_UI_GROUPS_GROUPS_LIST_H

#include "ui/groups/groups_state.h"

/* Makes the rows of the look: those that match, in their order. 0 or -ENOMEM. */
int skw_groups_list_make(struct skw_groups_screen *s);
void skw_groups_list_draw(struct skw_groups_screen *s, int y, int rows);

void skw_groups_list_move(struct skw_groups_screen *s, enum skw_motion motion);
void skw_groups_list_select(struct skw_groups_screen *s, size_t at);
/* Selects the first line from `from` on that has the text of the search. False: none has. */
bool skw_groups_list_search(struct skw_groups_screen *s, size_t from, bool back);
/* A click at line y and column x: selects a group, or sorts by a column. */
void skw_groups_list_click(struct skw_groups_screen *s, int y, int x);

/* Sorts by this field, largest first, texts from A on. */
void skw_groups_list_sort_by(struct skw_groups_screen *s, enum skw_format_message_group_id field);
const char *skw_groups_list_title(unsigned field);

void skw_groups_list_open_menu(struct skw_groups_screen *s);
void skw_groups_list_draw_menu(struct skw_groups_screen *s, int y, int rows);
void skw_groups_list_move_menu(struct skw_groups_screen *s, enum skw_motion motion);
void skw_groups_list_choose(struct skw_groups_screen *s);

#endif
