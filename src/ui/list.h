/* SPDX-License-Identifier: BSD-2-Clause */
/* The list under the head: connections, or groups of them. Who is not well? */
#ifndef SKW_UI_LIST_H
#define SKW_UI_LIST_H

#include "ui/state.h"

/* Draws `rows` lines from y on, the first of which names the columns. */
void skw_list_draw(struct skw_screen *s, int y, int rows);

/* After the view was made anew: the cursor goes where its connection or group is now. */
void skw_list_settle(struct skw_screen *s);

void skw_list_move(struct skw_screen *s, enum skw_motion motion);
/* Puts the cursor on this line, to stay with what is there. */
void skw_list_select(struct skw_screen *s, size_t at);
size_t skw_list_len(const struct skw_screen *s);
/* The connection under the cursor; 0: none, or a group is. */
uint64_t skw_list_cookie(const struct skw_screen *s);

/* Opens what is under the cursor: a connection's detail, or a group's connections. */
void skw_list_open(struct skw_screen *s);

/*
 * Selects the next line that contains s->search, beginning with `from`, forwards or back, around
 * the ends. False: there is none.
 */
bool skw_list_search(struct skw_screen *s, size_t from, bool back);

/* A click: on a title it sorts, on a line it selects, and a second one opens. */
void skw_list_click(struct skw_screen *s, int y, int x);

#endif
