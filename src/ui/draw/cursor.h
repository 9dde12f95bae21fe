/* SPDX-License-Identifier: BSD-2-Clause */
/* The selected line of a list, and the first line that is on the screen. Pure. */
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

/* The motion of a key of ui/draw/key.h; of another one, that of G. */
enum skw_motion skw_cursor_motion(int key);
/* Moves the cursor in a list of `len` lines, `rows` of which are on the screen. */
void skw_cursor_move(struct skw_cursor *c, enum skw_motion motion, size_t len, int rows);
/* Brings the cursor into the list and onto the screen, and scrolls as little as possible. */
void skw_cursor_show(struct skw_cursor *c, size_t len, int rows);
/* Scrolls a text that has no cursor. */
void skw_cursor_scroll(size_t *top, enum skw_motion motion, size_t len, int rows);

#endif
