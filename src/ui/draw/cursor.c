// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/cursor.h"

#include <ncurses.h>

#include "ui/draw/key.h"
#include "util/cleanup.h"

#define WHEEL 3

/* The line that a motion leads to. */
static size_t moved(size_t at, enum skw_motion motion, size_t last, size_t page)
{
	const struct {
		size_t back, forth;
	} steps[] = {
		[SKW_MOTION_UP] = { 1, 0 },           [SKW_MOTION_DOWN] = { 0, 1 },
		[SKW_MOTION_PAGE_UP] = { page, 0 },   [SKW_MOTION_PAGE_DOWN] = { 0, page },
		[SKW_MOTION_HOME] = { at, 0 },        [SKW_MOTION_END] = { 0, last },
		[SKW_MOTION_WHEEL_UP] = { WHEEL, 0 }, [SKW_MOTION_WHEEL_DOWN] = { 0, WHEEL },
	};

	at = at > steps[motion].back ? at - steps[motion].back : 0;
	return last - (at < last ? at : last) > steps[motion].forth ? at + steps[motion].forth
								    : last;
}

void skw_cursor_move(struct skw_cursor *c, enum skw_motion motion, size_t len, int rows)
{
	if (len)
		c->at = moved(c->at, motion, len - 1, rows > 1 ? (size_t)rows - 1 : 1);
	skw_cursor_show(c, len, rows);
}

void skw_cursor_show(struct skw_cursor *c, size_t len, int rows)
{
	size_t seen = rows > 0 ? (size_t)rows : 1;

	if (c->at >= len)
		c->at = len ? len - 1 : 0;
	if (c->at < c->top)
		c->top = c->at;
	if (c->at - c->top >= seen)
		c->top = c->at - seen + 1;
	/* While lines are hidden above, there are no blank lines at the end. */
	if (len < seen)
		c->top = 0;
	else if (c->top > len - seen)
		c->top = len - seen;
}

void skw_cursor_scroll(size_t *top, enum skw_motion motion, size_t len, int rows)
{
	size_t seen = rows > 0 ? (size_t)rows : 1, last = len > seen ? len - seen : 0;

	*top = moved(*top, motion, last, seen > 1 ? seen - 1 : 1);
}

enum skw_motion skw_cursor_motion(int key)
{
	static const struct {
		int key;
		enum skw_motion motion;
	} motions[] = {
		{ SKW_KEY(KEY_UP), SKW_MOTION_UP },
		{ 'k', SKW_MOTION_UP },
		{ SKW_KEY(KEY_DOWN), SKW_MOTION_DOWN },
		{ 'j', SKW_MOTION_DOWN },
		{ SKW_KEY(KEY_PPAGE), SKW_MOTION_PAGE_UP },
		{ SKW_CTRL('B'), SKW_MOTION_PAGE_UP },
		{ SKW_KEY(KEY_NPAGE), SKW_MOTION_PAGE_DOWN },
		{ SKW_CTRL('F'), SKW_MOTION_PAGE_DOWN },
		{ SKW_KEY(KEY_HOME), SKW_MOTION_HOME },
		{ SKW_KEY(KEY_END), SKW_MOTION_END },
		{ 'G', SKW_MOTION_END },
	};
	size_t i = 0;

	while (i + 1 < SKW_ARRAY_SIZE(motions) && motions[i].key != key)
		i++;
	return motions[i].motion;
}
