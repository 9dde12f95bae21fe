/* SPDX-License-Identifier: BSD-2-Clause */
/* Which line of a list is chosen, and which is the first that is seen. Pure. */
#ifndef SKW_UI_DRAW_CURSOR_H
#define SKW_UI_DRAW_CURSOR_H

#include <stddef.h>

struct skw_cursor {
	size_t at, top;
};

enum skw_motion {
	SKW_MOTION_UP,
	SKW_MOTION_DOWN,
	SKW_MOTION_PAGE_UP,
	SKW_MOTION_PAGE_DOWN,
	SKW_MOTION_HOME,
	SKW_MOTION_END,
	SKW_MOTION_WHEEL_UP,
	SKW_MOTION_WHEEL_DOWN,
};

/* Moves it in a list of `len` lines of which `rows` are seen. */
void skw_cursor_move(struct skw_cursor *c, enum skw_motion motion, size_t len, int rows);
/* Brings it into the list and into view, with as little scrolling as there can be. */
void skw_cursor_show(struct skw_cursor *c, size_t len, int rows);
/* Moves what is seen of a text without a cursor. */
void skw_cursor_scroll(size_t *top, enum skw_motion motion, size_t len, int rows);

#endif
