// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/paint.h"

#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>

#include "ui/draw/cells.h"

enum { PAIR_ALARM = 1, PAIR_WARNING };

/*
 * These colours can be read on dark and on light backgrounds. With few colours the terminal's own
 * yellow can't, so a warning sets its background too.
 */
static void make_pairs(void)
{
	if (COLORS >= 256) {
		init_pair(PAIR_ALARM, 196, -1);
		init_pair(PAIR_WARNING, 136, -1);
	} else {
		init_pair(PAIR_ALARM, COLOR_RED, -1);
		init_pair(PAIR_WARNING, COLOR_BLACK, COLOR_YELLOW);
	}
}

bool skw_paint_wants_colors(bool no_color)
{
	const char *no = getenv("NO_COLOR");

	return !no_color && !(no && *no);
}

void skw_paint_init(struct skw_paint *p, bool colors, bool utf8)
{
	static const attr_t plain[SKW_STYLES] = {
		[SKW_STYLE_STRONG] = A_BOLD,   [SKW_STYLE_FAINT] = A_DIM,
		[SKW_STYLE_ALARM] = A_BOLD,    [SKW_STYLE_WARNING] = A_BOLD,
		[SKW_STYLE_TITLE] = A_REVERSE, [SKW_STYLE_SORTED] = A_REVERSE | A_BOLD,
		[SKW_STYLE_KEY] = A_BOLD,      [SKW_STYLE_FOUND] = A_UNDERLINE,
	};

	p->utf8 = utf8;
	for (int i = 0; i < SKW_STYLES; i++)
		p->attrs[i] = plain[i];
	getmaxyx(stdscr, p->rows, p->cols);
	if (!colors || !has_colors() || start_color() == ERR || COLOR_PAIRS <= PAIR_WARNING)
		return;
	use_default_colors();
	make_pairs();
	p->attrs[SKW_STYLE_ALARM] = (uint32_t)COLOR_PAIR(PAIR_ALARM) | A_BOLD;
	p->attrs[SKW_STYLE_WARNING] = (uint32_t)COLOR_PAIR(PAIR_WARNING);
}

static attr_t look(const struct skw_paint *p, enum skw_style style, bool selected)
{
	attr_t attr = p->attrs[style];

	/* On most terminals text that is both dim and reversed can't be read. */
	return selected ? (attr & ~(attr_t)A_DIM) | A_REVERSE : attr;
}

int skw_paint_text(const struct skw_paint *p, int y, int x, int width, enum skw_style style,
		   bool selected, const char *text)
{
	wchar_t cells[SKW_CELLS_MAX + 1];
	int used;

	if (width > p->cols - x)
		width = p->cols - x;
	if (width > SKW_CELLS_MAX)
		width = SKW_CELLS_MAX;
	if (y < 0 || y >= p->rows || x < 0 || width <= 0)
		return 0;
	used = skw_cells_make(cells, width, text, p->utf8);
	attrset((int)look(p, style, selected));
	mvaddwstr(y, x, cells);
	attrset(A_NORMAL);
	return used;
}

void skw_paint_right(const struct skw_paint *p, int y, int x, int width, enum skw_style style,
		     bool selected, const char *text)
{
	int used = skw_cells_width(text, p->utf8);

	if (used < width) {
		x += width - used;
		width = used;
	}
	skw_paint_text(p, y, x, width, style, selected, text);
}

void skw_paint_fill(const struct skw_paint *p, int y, int x, int width, enum skw_style style,
		    bool selected)
{
	if (width > p->cols - x)
		width = p->cols - x;
	if (y < 0 || y >= p->rows || x < 0 || width <= 0)
		return;
	mvhline(y, x, ' ' | look(p, style, selected), width);
}

bool skw_paint_is_small(const struct skw_paint *p)
{
	char text[64];

	if (p->rows >= SKW_PAINT_ROWS_MIN && p->cols >= SKW_PAINT_COLS_MIN)
		return false;
	snprintf(text, sizeof(text), "skwatch needs %d columns and %d lines", SKW_PAINT_COLS_MIN,
		 SKW_PAINT_ROWS_MIN);
	skw_paint_text(p, 0, 0, p->cols, SKW_STYLE_PLAIN, false, text);
	return true;
}
