// SPDX-License-Identifier: BSD-2-Clause
#include "ui/menu.h"

#include <stdio.h>
#include <string.h>

#include "ui/list_rows.h"

/* Lines above the first entry. */
#define TITLE_ROWS 1

void skw_menu_open_sort(struct skw_screen *s)
{
	enum skw_column column = skw_column_by_field(s->settings.sort);

	s->pane = SKW_PANE_SORT;
	s->menu = (struct skw_cursor){ column < SKW_COLUMNS ? column : 0, 0 };
}

static bool chosen(const struct skw_screen *s, uint8_t column)
{
	return memchr(s->menu_columns, column, s->menu_chosen) != NULL;
}

/* Lists the chosen columns first, in the order of the screen, then the others. */
static void list_columns(struct skw_screen *s)
{
	size_t n = s->settings.columns_len;

	if (n)
		memcpy(s->menu_columns, s->settings.columns, n);
	else
		while (n < SKW_COLUMN_DEFAULTS) {
			s->menu_columns[n] = (uint8_t)n;
			n++;
		}
	s->menu_chosen = (uint8_t)n;
	for (unsigned i = 0; i < SKW_COLUMNS; i++)
		if (!chosen(s, (uint8_t)i))
			s->menu_columns[n++] = (uint8_t)i;
}

void skw_menu_open_columns(struct skw_screen *s)
{
	s->pane = SKW_PANE_COLUMNS;
	s->menu = (struct skw_cursor){ 0, 0 };
	list_columns(s);
}

static uint8_t entry(const struct skw_screen *s, size_t at)
{
	return s->pane == SKW_PANE_COLUMNS ? s->menu_columns[at] : (uint8_t)at;
}

void skw_menu_draw(struct skw_screen *s, int y, int rows)
{
	static const char *const titles[SKW_PANES] = {
		[SKW_PANE_SORT] = " Sort by: Enter chooses, I inverts, Esc goes back",
		[SKW_PANE_COLUMNS] = " Columns: Space shows or hides, - and + move, Esc goes back",
	};
	char text[128];

	s->list_y = y + TITLE_ROWS;
	s->list_rows = rows - TITLE_ROWS;
	skw_cursor_show(&s->menu, SKW_COLUMNS, s->list_rows);
	skw_paint_fill(&s->paint, y, 0, s->paint.cols, SKW_STYLE_TITLE, false);
	skw_paint_text(&s->paint, y, 0, s->paint.cols, SKW_STYLE_TITLE, false, titles[s->pane]);
	for (size_t i = s->menu.top; i < SKW_COLUMNS && i - s->menu.top < (size_t)s->list_rows;
	     i++) {
		const struct skw_column_info *info = &skw_columns[entry(s, i)];
		bool on = s->pane == SKW_PANE_SORT ? info->field == s->settings.sort
						   : i < s->menu_chosen;
		int at_y = s->list_y + (int)(i - s->menu.top);

		snprintf(text, sizeof(text), " %s %-14s %s", on ? "[x]" : "[ ]",
			 info->title + strspn(info->title, " "), info->help);
		if (i == s->menu.at)
			skw_paint_fill(&s->paint, at_y, 0, s->paint.cols, SKW_STYLE_PLAIN, true);
		skw_paint_text(&s->paint, at_y, 0, s->paint.cols,
			       on ? SKW_STYLE_STRONG : SKW_STYLE_PLAIN, i == s->menu.at, text);
	}
}

void skw_menu_move(struct skw_screen *s, enum skw_motion motion)
{
	skw_cursor_move(&s->menu, motion, SKW_COLUMNS, s->list_rows);
}

static void keep_columns(struct skw_screen *s)
{
	memcpy(s->settings.columns, s->menu_columns, s->menu_chosen);
	s->settings.columns_len = s->menu_chosen;
}

static void move_entry(struct skw_screen *s, size_t from, size_t to)
{
	uint8_t moved = s->menu_columns[from];

	if (from < to)
		memmove(s->menu_columns + from, s->menu_columns + from + 1, to - from);
	else
		memmove(s->menu_columns + to + 1, s->menu_columns + to, from - to);
	s->menu_columns[to] = moved;
}

static void toggle(struct skw_screen *s)
{
	if (s->menu.at < s->menu_chosen) {
		if (s->menu_chosen == 1) {
			snprintf(s->message, sizeof(s->message), "One column has to stay.");
			return;
		}
		s->menu_chosen--;
		move_entry(s, s->menu.at, s->menu_chosen);
	} else if (s->menu_chosen == SKW_LAYOUT_COLUMNS) {
		snprintf(s->message, sizeof(s->message), "More than %d columns can't be chosen.",
			 SKW_LAYOUT_COLUMNS);
		return;
	} else {
		move_entry(s, s->menu.at, s->menu_chosen);
		s->menu_chosen++;
	}
	keep_columns(s);
}

void skw_menu_choose(struct skw_screen *s)
{
	enum skw_field field = (enum skw_field)skw_columns[entry(s, s->menu.at)].field;

	if (s->pane == SKW_PANE_COLUMNS) {
		toggle(s);
		return;
	}
	skw_list_rows_sort_by(s, field);
	s->pane = SKW_PANE_LIST;
}

void skw_menu_shift(struct skw_screen *s, bool right)
{
	size_t at = s->menu.at, to = right ? at + 1 : at - 1;

	if (s->pane != SKW_PANE_COLUMNS || at >= s->menu_chosen || (!right && at == 0) ||
	    to >= s->menu_chosen)
		return;
	move_entry(s, at, to);
	s->menu.at = to;
	keep_columns(s);
}

void skw_menu_reset(struct skw_screen *s)
{
	s->settings.columns_len = 0;
	list_columns(s);
}

void skw_menu_click(struct skw_screen *s, int y)
{
	size_t at = s->menu.top + (size_t)(y - s->list_y);

	if (y < s->list_y || y >= s->list_y + s->list_rows || at >= SKW_COLUMNS)
		return;
	s->menu.at = at;
	skw_menu_choose(s);
}
