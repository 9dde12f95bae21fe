// SPDX-License-Identifier: BSD-2-Clause
#include "ui/groups/groups_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/draw/cells.h"
#include "ui/draw/titles.h"
#include "util/cleanup.h"

#define CELL_SIZE 640
/* Lines above the first entry of the menu. */
#define MENU_TITLE 1
/* The column that is sorted by is left out last. */
#define SORTED_STAYS (SKW_COLUMN_STAYS - 1)

/* From left to right. The field is none of a connection, so that none is taken for an address. */
#define COLUMN(id, title, help, min, want, stays, left)                                            \
	{                                                                                          \
		title, title, help, SKW_FIELDS + (id), { min, 0, want }, stays, left               \
	}

static const struct skw_column_info columns[] = {
	COLUMN(SKW_MESSAGE_GROUP_CLIENT, "CLIENT", "process that asks", 6, 15, 70, true),
	COLUMN(SKW_MESSAGE_GROUP_SERVER, "SERVER", "process that answers", 6, 15, 80, true),
	COLUMN(SKW_MESSAGE_GROUP_PROTOCOL, "PROTO", "http, dns and so on", 5, 9, 90, true),
	COLUMN(SKW_MESSAGE_GROUP_KIND, "KIND", "what is asked for", 12, 60, SKW_COLUMN_STAYS + 3,
	       true),
	COLUMN(SKW_MESSAGE_GROUP_COUNT, "COUNT", "messages so far", 6, 6, SKW_COLUMN_STAYS + 2,
	       false),
	COLUMN(SKW_MESSAGE_GROUP_RATE, "RATE/S", "messages per second since the last update", 6, 7,
	       75, false),
	COLUMN(SKW_MESSAGE_GROUP_ERRORS, "ERR", "answers that tell of a failure", 5, 6,
	       SKW_COLUMN_STAYS, false),
	COLUMN(SKW_MESSAGE_GROUP_UNANSWERED, "NOANSW", "requests without an answer", 6, 6, 35,
	       false),
	COLUMN(SKW_MESSAGE_GROUP_P50, "P50", "latency that half of them stay within", 6, 6, 60,
	       false),
	COLUMN(SKW_MESSAGE_GROUP_P90, "P90", "latency that 90 % of them stay within", 6, 6, 40,
	       false),
	COLUMN(SKW_MESSAGE_GROUP_P99, "P99", "latency that 99 % of them stay within", 6, 7,
	       SKW_COLUMN_STAYS + 1, false),
	COLUMN(SKW_MESSAGE_GROUP_MAX, "MAX", "highest latency", 6, 6, 50, false),
	COLUMN(SKW_MESSAGE_GROUP_TIME, "TIME", "sum of latencies", 6, 6, 25, false),
	COLUMN(SKW_MESSAGE_GROUP_REQUEST_BYTES, "REQ", "bytes of requests", 5, 5, 30, false),
	COLUMN(SKW_MESSAGE_GROUP_ANSWER_BYTES, "ANSW", "bytes of answers", 5, 5, 45, false),
};

#define COLUMNS SKW_ARRAY_SIZE(columns)

static enum skw_format_message_group_id field_of(size_t column)
{
	return (enum skw_format_message_group_id)(columns[column].field - SKW_FIELDS);
}

static size_t column_of(unsigned field)
{
	size_t i = 0;

	while (i < COLUMNS && field_of(i) != field)
		i++;
	return i;
}

const char *skw_groups_list_title(unsigned field)
{
	size_t i = column_of(field);

	return i < COLUMNS ? columns[i].title : "--";
}

/* ---- the cursor ---- */

static void hold(struct skw_groups_screen *s)
{
	if (s->list.at < s->rows_len)
		s->group = s->rows[s->list.at].client_comm;
}

/* After a change of the rows the cursor stays on its group. */
static void settle(struct skw_groups_screen *s)
{
	size_t at = 0;

	if (!s->selected) {
		s->list = (struct skw_cursor){ 0, 0 };
		return;
	}
	while (at < s->rows_len && s->rows[at].client_comm != s->group)
		at++;
	if (at < s->rows_len)
		s->list.at = at;
	skw_cursor_show(&s->list, s->rows_len, s->list_rows);
	hold(s);
}

void skw_groups_list_select(struct skw_groups_screen *s, size_t at)
{
	s->list.at = at;
	s->selected = true;
	skw_cursor_show(&s->list, s->rows_len, s->list_rows);
	hold(s);
}

void skw_groups_list_move(struct skw_groups_screen *s, enum skw_motion motion)
{
	skw_cursor_move(&s->list, motion, s->rows_len, s->list_rows);
	s->selected = motion != SKW_MOTION_HOME;
	hold(s);
}

static bool has_text(const struct skw_message_group *g, const char *text)
{
	return strcasestr(g->kind, text) || strcasestr(g->protocol, text) ||
	       strcasestr(g->client_comm, text) || strcasestr(g->server_comm, text);
}

bool skw_groups_list_search(struct skw_groups_screen *s, size_t from, bool back)
{
	size_t len = s->rows_len;

	for (size_t i = 0; i < len && s->search[0]; i++) {
		size_t at = back ? (from + len - i) % len : (from + i) % len;

		if (has_text(&s->rows[at], s->search)) {
			skw_groups_list_select(s, at);
			return true;
		}
	}
	return false;
}

/* ---- the rows ---- */

int skw_groups_list_make(struct skw_groups_screen *s)
{
	struct skw_message_group *rows = calloc(s->look.len + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	free(s->rows);
	s->rows = rows;
	s->rows_len = 0;
	for (size_t i = 0; i < s->look.len; i++)
		if (!s->filter || skw_expr_matches_about(s->filter, &s->look.groups[i]))
			rows[s->rows_len++] = s->look.groups[i];
	skw_format_message_group_sort(rows, s->rows_len, &s->order);
	settle(s);
	return 0;
}

void skw_groups_list_sort_by(struct skw_groups_screen *s, enum skw_format_message_group_id field)
{
	s->order = (struct skw_format_message_group_order){ .field = field };
}

/* Widens the columns of texts by the rows that are in sight. */
static void grow(struct skw_groups_screen *s, size_t end)
{
	char text[CELL_SIZE];

	for (size_t c = 0; c < COLUMNS; c++) {
		if (!columns[c].left)
			continue;
		for (size_t i = s->list.top; i < end; i++) {
			int width;

			skw_format_message_group_cell(text, sizeof(text), CELL_SIZE - 1,
						      &s->rows[i], field_of(c));
			width = skw_cells_width(text, s->paint.utf8);
			width = width < UINT8_MAX ? width : UINT8_MAX;
			if (width > s->grown[c])
				s->grown[c] = (uint8_t)width;
		}
	}
}

static void lay_out(struct skw_groups_screen *s, size_t end)
{
	struct skw_column_info infos[COLUMNS];
	uint8_t ids[COLUMNS], want[COLUMNS] = { 0 };

	memcpy(infos, columns, sizeof(infos));
	grow(s, end);
	for (size_t i = 0; i < COLUMNS; i++) {
		ids[i] = (uint8_t)i;
		want[i] = s->grown[i];
		if (field_of(i) == s->order.field && infos[i].stays < SORTED_STAYS)
			infos[i].stays = SORTED_STAYS;
	}
	skw_layout_make(&s->layout, infos, ids, COLUMNS, want, 1, s->paint.cols - 1);
}

/* The mark in the first column says without colours what the colours say. */
static const char *mark_of(const struct skw_message_group *g)
{
	return g->errors ? "!" : g->unanswered ? "*" : g->recent ? "+" : " ";
}

static enum skw_style cell_style(const struct skw_message_group *g, size_t column,
				 enum skw_style base)
{
	if (field_of(column) == SKW_MESSAGE_GROUP_ERRORS && g->errors)
		return SKW_STYLE_ALARM;
	if (field_of(column) == SKW_MESSAGE_GROUP_UNANSWERED && g->unanswered)
		return SKW_STYLE_WARNING;
	return base;
}

static enum skw_style row_style(const struct skw_groups_screen *s,
				const struct skw_message_group *g)
{
	if (s->search[0] && has_text(g, s->search))
		return SKW_STYLE_FOUND;
	return g->recent ? SKW_STYLE_PLAIN : SKW_STYLE_FAINT;
}

static void draw_row(const struct skw_groups_screen *s, size_t i, int y)
{
	const struct skw_message_group *g = &s->rows[i];
	enum skw_style base = row_style(s, g);
	bool selected = i == s->list.at;
	char text[CELL_SIZE];

	if (selected)
		skw_paint_fill(&s->paint, y, 0, s->paint.cols, base, true);
	skw_paint_text(&s->paint, y, 0, 1,
		       g->errors       ? SKW_STYLE_ALARM
		       : g->unanswered ? SKW_STYLE_WARNING
				       : base,
		       selected, mark_of(g));
	for (size_t c = 0; c < s->layout.len; c++) {
		const struct skw_placed *at = &s->layout.at[c];

		skw_format_message_group_cell(text, sizeof(text), at->width, g,
					      field_of(at->column));
		skw_titles_cell(&s->paint, at, columns, y, cell_style(g, at->column, base),
				selected, text);
	}
}

static int sorted_place(const struct skw_groups_screen *s)
{
	for (size_t i = 0; i < s->layout.len; i++)
		if (field_of(s->layout.at[i].column) == s->order.field)
			return (int)i;
	return SKW_TITLES_NONE;
}

void skw_groups_list_draw(struct skw_groups_screen *s, int y, int rows)
{
	size_t end;

	s->list_y = y + 1;
	s->list_rows = rows - 1;
	skw_cursor_show(&s->list, s->rows_len, s->list_rows);
	end = s->list.top + (s->list_rows > 0 ? (size_t)s->list_rows : 0);
	end = end < s->rows_len ? end : s->rows_len;
	lay_out(s, end);
	skw_titles_draw(&s->paint, &s->layout, columns, sorted_place(s), s->order.ascending, y);
	for (size_t i = s->list.top; i < end; i++)
		draw_row(s, i, s->list_y + (int)(i - s->list.top));
	if (!s->rows_len)
		skw_paint_text(&s->paint, s->list_y, 1, s->paint.cols, SKW_STYLE_FAINT, false,
			       s->look.len ? "No group matches the filter (F4)."
					   : "No messages yet.");
}

/* ---- the menu ---- */

void skw_groups_list_open_menu(struct skw_groups_screen *s)
{
	size_t column = column_of(s->order.field);

	s->pane = SKW_GROUPS_PANE_SORT;
	s->menu = (struct skw_cursor){ column < COLUMNS ? column : 0, 0 };
}

void skw_groups_list_draw_menu(struct skw_groups_screen *s, int y, int rows)
{
	char text[128];

	s->list_y = y + MENU_TITLE;
	s->list_rows = rows - MENU_TITLE;
	skw_cursor_show(&s->menu, COLUMNS, s->list_rows);
	skw_paint_fill(&s->paint, y, 0, s->paint.cols, SKW_STYLE_TITLE, false);
	skw_paint_text(&s->paint, y, 0, s->paint.cols, SKW_STYLE_TITLE, false,
		       " Sort by: Enter chooses, I inverts, Esc goes back");
	for (size_t i = s->menu.top; i < COLUMNS && i - s->menu.top < (size_t)s->list_rows; i++) {
		bool on = field_of(i) == s->order.field;
		int at_y = s->list_y + (int)(i - s->menu.top);

		snprintf(text, sizeof(text), " %s %-14s %s", on ? "[x]" : "[ ]", columns[i].title,
			 columns[i].help);
		if (i == s->menu.at)
			skw_paint_fill(&s->paint, at_y, 0, s->paint.cols, SKW_STYLE_PLAIN, true);
		skw_paint_text(&s->paint, at_y, 0, s->paint.cols,
			       on ? SKW_STYLE_STRONG : SKW_STYLE_PLAIN, i == s->menu.at, text);
	}
}

void skw_groups_list_move_menu(struct skw_groups_screen *s, enum skw_motion motion)
{
	skw_cursor_move(&s->menu, motion, COLUMNS, s->list_rows);
}

void skw_groups_list_choose(struct skw_groups_screen *s)
{
	skw_groups_list_sort_by(s, field_of(s->menu.at));
	s->pane = SKW_GROUPS_PANE_LIST;
}

/* ---- the mouse ---- */

static void click_title(struct skw_groups_screen *s, int x)
{
	int at = skw_titles_at(&s->layout, x);
	enum skw_format_message_group_id field;

	if (at < 0)
		return;
	field = field_of(s->layout.at[at].column);
	if (field == s->order.field)
		s->order.ascending = !s->order.ascending;
	else
		skw_groups_list_sort_by(s, field);
}

void skw_groups_list_click(struct skw_groups_screen *s, int y, int x)
{
	bool menu = s->pane == SKW_GROUPS_PANE_SORT;
	size_t at = (menu ? s->menu.top : s->list.top) + (size_t)(y - s->list_y);

	if (!menu && y == s->list_y - 1) {
		click_title(s, x);
	} else if (y < s->list_y || y >= s->list_y + s->list_rows ||
		   at >= (menu ? COLUMNS : s->rows_len)) {
		return;
	} else if (menu) {
		s->menu.at = at;
		skw_groups_list_choose(s);
	} else {
		skw_groups_list_select(s, at);
	}
}
