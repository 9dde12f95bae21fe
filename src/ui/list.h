/* SPDX-License-Identifier: BSD-2-Clause */
/* The list below the head: connections, or groups of connections. */
#ifndef SKW_UI_LIST_H
#define SKW_UI_LIST_H

#include "ui/state.h"

/* Draws `rows` lines from line y on. The first line has the titles of the columns. */
void skw_list_draw(struct skw_screen *s, int y, int rows);

/*
 * Puts the cursor on the new place of its connection or group. To be called after each
 * skw_view_make().
 */
void skw_list_settle(struct skw_screen *s);

void skw_list_move(struct skw_screen *s, enum skw_motion motion);
/* Puts the cursor on this line. From then on it follows the connection or group that is there. */
void skw_list_select(struct skw_screen *s, size_t at);
size_t skw_list_len(const struct skw_screen *s);
/* The cookie of the connection under the cursor. 0 if there is none or the list shows groups. */
uint64_t skw_list_cookie(const struct skw_screen *s);

/* Opens what is under the cursor: the detail of a connection, or the connections of a group. */
void skw_list_open(struct skw_screen *s);

/* Goes back to the groups, if these are the connections of one; otherwise ends the search. */
void skw_list_back(struct skw_screen *s);

/*
 * Selects the next line that contains s->search. The search begins with line `from`, goes down, or
 * up if `back`, and continues at the other end. Returns false if no line contains it.
 */
bool skw_list_search(struct skw_screen *s, size_t from, bool back);

/*
 * Handles a click. A click on a title sorts, a click on a line selects it, a double click opens it.
 */
void skw_list_click(struct skw_screen *s, int y, int x);

#endif
