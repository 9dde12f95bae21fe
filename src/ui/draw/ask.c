// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/ask.h"

#include <limits.h>
#include <ncurses.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "ui/draw/cells.h"
#include "ui/draw/key.h"
#include "util/cleanup.h"

void skw_ask_begin(struct skw_ask *a, const char *label, const char *text)
{
	*a = (struct skw_ask){ .label = label };
	snprintf(a->text, sizeof(a->text), "%s", text);
	snprintf(a->before, sizeof(a->before), "%s", text);
	a->len = a->at = strlen(a->text);
}

void skw_ask_problem(struct skw_ask *a, const char *text, int column)
{
	snprintf(a->problem, sizeof(a->problem), "%s", text);
	a->problem_column = column;
}

void skw_ask_wrong(struct skw_ask *a, const struct skw_error *err)
{
	static const char says[] = "column ";
	const char *rest = err->text;
	char *end;
	long column = 0;

	if (strncmp(rest, says, sizeof(says) - 1) == 0) {
		column = strtol(rest + sizeof(says) - 1, &end, 10);
		rest = end;
	}
	skw_ask_problem(a, rest + strspn(rest, ": "), (int)column);
}

/* ---- editing ---- */

static bool inside_char(const struct skw_ask *a, size_t at)
{
	return at < a->len && ((unsigned char)a->text[at] & 0xc0) == 0x80;
}

static size_t before(const struct skw_ask *a)
{
	size_t at = a->at;

	while (at > 0 && inside_char(a, --at))
		;
	return at;
}

static size_t behind(const struct skw_ask *a)
{
	size_t at = a->at;

	while (at < a->len && inside_char(a, ++at))
		;
	return at;
}

static void cut(struct skw_ask *a, size_t from, size_t to)
{
	memmove(a->text + from, a->text + to, a->len - to + 1);
	a->len -= to - from;
	a->at = from;
}

static void word_back(struct skw_ask *a)
{
	size_t from = a->at;

	while (from > 0 && a->text[from - 1] == ' ')
		from--;
	while (from > 0 && a->text[from - 1] != ' ')
		from--;
	cut(a, from, a->at);
}

static void go_left(struct skw_ask *a)
{
	a->at = before(a);
}

static void go_right(struct skw_ask *a)
{
	a->at = behind(a);
}

static void go_first(struct skw_ask *a)
{
	a->at = 0;
}

static void go_last(struct skw_ask *a)
{
	a->at = a->len;
}

static void cut_before(struct skw_ask *a)
{
	cut(a, before(a), a->at);
}

static void cut_behind(struct skw_ask *a)
{
	cut(a, a->at, behind(a));
}

static void cut_all_before(struct skw_ask *a)
{
	cut(a, 0, a->at);
}

static void cut_all_behind(struct skw_ask *a)
{
	cut(a, a->at, a->len);
}

static const struct {
	int key;
	void (*run)(struct skw_ask *a);
} edits[] = {
	{ SKW_KEY(KEY_LEFT), go_left },
	{ SKW_KEY(KEY_RIGHT), go_right },
	{ SKW_KEY(KEY_HOME), go_first },
	{ SKW_KEY(KEY_END), go_last },
	{ SKW_CTRL('A'), go_first },
	{ SKW_CTRL('E'), go_last },
	{ SKW_KEY(KEY_BACKSPACE), cut_before },
	{ 0x7f, cut_before },
	{ SKW_CTRL('H'), cut_before },
	{ SKW_KEY(KEY_DC), cut_behind },
	{ SKW_CTRL('D'), cut_behind },
	{ SKW_CTRL('U'), cut_all_before },
	{ SKW_CTRL('K'), cut_all_behind },
	{ SKW_CTRL('W'), word_back },
};

static void type(struct skw_ask *a, int key)
{
	char bytes[MB_LEN_MAX + 1];
	mbstate_t state = { 0 };
	size_t n;

	if (key < ' ' || key >= SKW_KEY(0) || key == 0x7f)
		return;
	n = wcrtomb(bytes, (wchar_t)key, &state);
	if (n == (size_t)-1 || a->len + n >= sizeof(a->text))
		return;
	memmove(a->text + a->at + n, a->text + a->at, a->len - a->at + 1);
	memcpy(a->text + a->at, bytes, n);
	a->len += n;
	a->at += n;
}

void skw_ask_key(struct skw_ask *a, int key)
{
	size_t i = 0;

	while (i < SKW_ARRAY_SIZE(edits) && edits[i].key != key)
		i++;
	if (i < SKW_ARRAY_SIZE(edits))
		edits[i].run(a);
	else
		type(a, key);
	skw_ask_problem(a, "", 0);
}

/* ---- drawing ---- */

/*
 * Where the problem is printed: right or left of the caret that stands below the wrong column, or
 * on a line of its own below the caret.
 */
enum beside { BESIDE_RIGHT, BESIDE_LEFT, BESIDE_BELOW };

/* `x` is the column of the caret, -1 if there is no caret. */
static enum beside place(const struct skw_ask *a, const struct skw_paint *paint, int x)
{
	int width = skw_cells_width(a->problem, paint->utf8) + 2;

	if (x < 0 || x + width <= paint->cols)
		return BESIDE_RIGHT;
	return width <= x + 1 ? BESIDE_LEFT : BESIDE_BELOW;
}

/*
 * Returns how many columns of the text are scrolled out on the left. *cursor is the column of the
 * cursor within the text.
 */
static int hidden_columns(const struct skw_ask *a, const struct skw_paint *paint, int *cursor)
{
	int room = paint->cols - (int)strlen(a->label) - 1;
	char head[SKW_ASK_SIZE];

	memcpy(head, a->text, a->at);
	head[a->at] = '\0';
	*cursor = skw_cells_width(head, paint->utf8);
	return *cursor > room ? *cursor - room : 0;
}

static int caret(const struct skw_ask *a, const struct skw_paint *paint)
{
	int cursor, x;

	if (!a->problem_column)
		return -1;
	x = (int)strlen(a->label) + a->problem_column - 1 - hidden_columns(a, paint, &cursor);
	if (x < 0)
		return 0;
	return x < paint->cols ? x : paint->cols - 1;
}

int skw_ask_rows(const struct skw_ask *a, const struct skw_paint *paint)
{
	if (!a->problem[0])
		return 1;
	return place(a, paint, caret(a, paint)) == BESIDE_BELOW ? 3 : 2;
}

static void draw_problem(const struct skw_ask *a, const struct skw_paint *paint, int y)
{
	const char *text = a->problem;
	int x = caret(a, paint), width = skw_cells_width(text, paint->utf8), text_x = 0;
	enum beside beside = place(a, paint, x);

	if (beside == BESIDE_LEFT)
		text_x = x - width - 1;
	else if (beside == BESIDE_RIGHT && x >= 0)
		text_x = x + 2;
	skw_paint_text(paint, y, text_x, paint->cols, SKW_STYLE_ALARM, false, text);
	if (x >= 0)
		skw_paint_text(paint, beside == BESIDE_BELOW ? y - 1 : y, x, 1, SKW_STYLE_ALARM,
			       false, "^");
}

void skw_ask_draw(const struct skw_ask *a, const struct skw_paint *paint, int y)
{
	int label = (int)strlen(a->label), cursor, hidden = hidden_columns(a, paint, &cursor);
	const char *from = a->text;

	for (int i = 0; i < hidden && *from; i++)
		do
			from++;
		while (((unsigned char)*from & 0xc0) == 0x80);
	if (a->problem[0])
		draw_problem(a, paint, y);
	y -= skw_ask_rows(a, paint) - 1;
	skw_paint_text(paint, y, 0, label, SKW_STYLE_STRONG, false, a->label);
	skw_paint_text(paint, y, label, paint->cols, SKW_STYLE_PLAIN, false, from);
	move(y, label + cursor - hidden);
}
