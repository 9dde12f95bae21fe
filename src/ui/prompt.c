// SPDX-License-Identifier: BSD-2-Clause
#include "ui/prompt.h"

#include <limits.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "ui/draw/cells.h"
#include "ui/key.h"
#include "ui/list.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/units.h"

#define INTERVAL_MIN_NS (100 * SKW_NS_PER_MS)
#define INTERVAL_MAX_NS (3600 * SKW_NS_PER_S)

struct skw_prompt_kind {
	const char *label;
	void (*changed)(struct skw_screen *s); /* after each key; may be NULL */
	bool (*done)(struct skw_screen *s);    /* after Enter; false if the text is not valid */
	void (*given_up)(struct skw_screen *s);
};

static void problem(struct skw_screen *s, const char *text, int column)
{
	snprintf(s->prompt.problem, sizeof(s->prompt.problem), "%.*s", SKW_MESSAGE_SIZE - 1, text);
	s->prompt.problem_column = column;
}

static void begin(struct skw_screen *s, const struct skw_prompt_kind *kind, const char *text)
{
	struct skw_prompt *p = &s->prompt;

	*p = (struct skw_prompt){ .kind = kind, .came_from = skw_list_cookie(s) };
	snprintf(p->text, sizeof(p->text), "%s", text);
	snprintf(p->before, sizeof(p->before), "%s", text);
	p->len = p->at = strlen(p->text);
	s->message[0] = '\0';
}

/* ---- search ---- */

static void search_changed(struct skw_screen *s)
{
	snprintf(s->search, sizeof(s->search), "%s", s->prompt.text);
	problem(s, s->search[0] && !skw_list_search(s, s->list.at, false) ? "not found" : "", 0);
}

static bool search_done(struct skw_screen *s)
{
	if (s->prompt.problem[0])
		snprintf(s->message, sizeof(s->message), "Not found: %.200s", s->search);
	return true;
}

static void search_given_up(struct skw_screen *s)
{
	size_t at = skw_view_find(s->view, s->prompt.came_from);

	s->search[0] = '\0';
	if (!s->settings.group && at != SIZE_MAX)
		skw_list_select(s, at);
}

void skw_prompt_search(struct skw_screen *s)
{
	static const struct skw_prompt_kind kind = { "Search: ", search_changed, search_done,
						     search_given_up };

	begin(s, &kind, "");
}

/* ---- filter ---- */

static bool set_filter(struct skw_screen *s, const char *text)
{
	struct skw_error err = { 0 };

	if (skw_screen_set_filter(s, text, &err)) {
		/*
		 * The message is "column N: reason". The column is not printed, a caret points at
		 * it.
		 */
		static const char says[] = "column ";
		char *rest = err.text;
		long column = 0;

		if (strncmp(err.text, says, sizeof(says) - 1) == 0)
			column = strtol(err.text + sizeof(says) - 1, &rest, 10);
		problem(s, rest + strspn(rest, ": "), (int)column);
		return false;
	}
	problem(s, "", 0);
	return true;
}

static void filter_changed(struct skw_screen *s)
{
	set_filter(s, s->prompt.text);
}

static bool filter_done(struct skw_screen *s)
{
	return set_filter(s, s->prompt.text);
}

static void filter_given_up(struct skw_screen *s)
{
	set_filter(s, s->prompt.before);
}

void skw_prompt_filter(struct skw_screen *s)
{
	static const struct skw_prompt_kind kind = { "Filter: ", filter_changed, filter_done,
						     filter_given_up };

	begin(s, &kind, s->settings.filter);
}

/* ---- interval ---- */

static bool interval_done(struct skw_screen *s)
{
	uint64_t ns;

	if (!s->prompt.text[0])
		return true;
	if (!skw_units_parse_duration(s->prompt.text, &ns) || ns < INTERVAL_MIN_NS ||
	    ns > INTERVAL_MAX_NS) {
		problem(s, "a time from 100ms to 1h, such as 0.5 or 2s", 1);
		return false;
	}
	s->interval_ns = ns;
	return true;
}

void skw_prompt_interval(struct skw_screen *s)
{
	static const struct skw_prompt_kind kind = { "Seconds between updates: ", NULL,
						     interval_done, NULL };

	begin(s, &kind, "");
}

/* ---- editing ---- */

static bool inside_char(const struct skw_prompt *p, size_t at)
{
	return at < p->len && ((unsigned char)p->text[at] & 0xc0) == 0x80;
}

static size_t before(const struct skw_prompt *p)
{
	size_t at = p->at;

	while (at > 0 && inside_char(p, --at))
		;
	return at;
}

static size_t behind(const struct skw_prompt *p)
{
	size_t at = p->at;

	while (at < p->len && inside_char(p, ++at))
		;
	return at;
}

static void cut(struct skw_prompt *p, size_t from, size_t to)
{
	memmove(p->text + from, p->text + to, p->len - to + 1);
	p->len -= to - from;
	p->at = from;
}

static void word_back(struct skw_prompt *p)
{
	size_t from = p->at;

	while (from > 0 && p->text[from - 1] == ' ')
		from--;
	while (from > 0 && p->text[from - 1] != ' ')
		from--;
	cut(p, from, p->at);
}

static void go_left(struct skw_prompt *p)
{
	p->at = before(p);
}

static void go_right(struct skw_prompt *p)
{
	p->at = behind(p);
}

static void go_first(struct skw_prompt *p)
{
	p->at = 0;
}

static void go_last(struct skw_prompt *p)
{
	p->at = p->len;
}

static void cut_before(struct skw_prompt *p)
{
	cut(p, before(p), p->at);
}

static void cut_behind(struct skw_prompt *p)
{
	cut(p, p->at, behind(p));
}

static void cut_all_before(struct skw_prompt *p)
{
	cut(p, 0, p->at);
}

static void cut_all_behind(struct skw_prompt *p)
{
	cut(p, p->at, p->len);
}

static const struct {
	int key;
	void (*run)(struct skw_prompt *p);
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

static void type(struct skw_screen *s, int key)
{
	struct skw_prompt *p = &s->prompt;
	char bytes[MB_LEN_MAX + 1];
	mbstate_t state = { 0 };
	size_t n;

	if (key < ' ' || key >= SKW_KEY(0) || key == 0x7f)
		return;
	n = wcrtomb(bytes, (wchar_t)key, &state);
	if (n == (size_t)-1 || p->len + n >= sizeof(p->text))
		return;
	memmove(p->text + p->at + n, p->text + p->at, p->len - p->at + 1);
	memcpy(p->text + p->at, bytes, n);
	p->len += n;
	p->at += n;
}

void skw_prompt_key(struct skw_screen *s, int key)
{
	struct skw_prompt *p = &s->prompt;
	const struct skw_prompt_kind *kind = p->kind;
	size_t i = 0;

	if (key == SKW_KEY_ESC) {
		p->kind = NULL;
		if (kind->given_up)
			kind->given_up(s);
		return;
	}
	if (key == '\r' || key == '\n' || key == SKW_KEY(KEY_ENTER)) {
		if (kind->done(s))
			p->kind = NULL;
		return;
	}
	while (i < SKW_ARRAY_SIZE(edits) && edits[i].key != key)
		i++;
	if (i < SKW_ARRAY_SIZE(edits))
		edits[i].run(p);
	else
		type(s, key);
	problem(s, "", 0);
	if (kind->changed)
		kind->changed(s);
}

/*
 * Where the problem is printed: right or left of the caret that stands below the wrong column, or
 * on a line of its own below the caret.
 */
enum beside { BESIDE_RIGHT, BESIDE_LEFT, BESIDE_BELOW };

/* `x` is the column of the caret, -1 if there is no caret. */
static enum beside place(const struct skw_screen *s, int x)
{
	int width = skw_cells_width(s->prompt.problem, s->paint.utf8) + 2;

	if (x < 0 || x + width <= s->paint.cols)
		return BESIDE_RIGHT;
	return width <= x + 1 ? BESIDE_LEFT : BESIDE_BELOW;
}

/*
 * Returns how many columns of the text are scrolled out on the left. *cursor is the column of the
 * cursor within the text.
 */
static int hidden_columns(const struct skw_screen *s, int *cursor)
{
	const struct skw_prompt *p = &s->prompt;
	int room = s->paint.cols - (int)strlen(p->kind->label) - 1;
	char head[SKW_SETTINGS_FILTER];

	memcpy(head, p->text, p->at);
	head[p->at] = '\0';
	*cursor = skw_cells_width(head, s->paint.utf8);
	return *cursor > room ? *cursor - room : 0;
}

static int caret(const struct skw_screen *s)
{
	const struct skw_prompt *p = &s->prompt;
	int cursor, x;

	if (!p->problem_column)
		return -1;
	x = (int)strlen(p->kind->label) + p->problem_column - 1 - hidden_columns(s, &cursor);
	if (x < 0)
		return 0;
	return x < s->paint.cols ? x : s->paint.cols - 1;
}

int skw_prompt_rows(const struct skw_screen *s)
{
	if (!s->prompt.problem[0])
		return 1;
	return place(s, caret(s)) == BESIDE_BELOW ? 3 : 2;
}

static void draw_problem(const struct skw_screen *s, int y)
{
	const char *text = s->prompt.problem;
	int x = caret(s), width = skw_cells_width(text, s->paint.utf8), text_x = 0;
	enum beside beside = place(s, x);

	if (beside == BESIDE_LEFT)
		text_x = x - width - 1;
	else if (beside == BESIDE_RIGHT && x >= 0)
		text_x = x + 2;
	skw_paint_text(&s->paint, y, text_x, s->paint.cols, SKW_STYLE_ALARM, false, text);
	if (x >= 0)
		skw_paint_text(&s->paint, beside == BESIDE_BELOW ? y - 1 : y, x, 1, SKW_STYLE_ALARM,
			       false, "^");
}

void skw_prompt_draw(struct skw_screen *s, int y)
{
	const struct skw_prompt *p = &s->prompt;
	int label = (int)strlen(p->kind->label), cursor, hidden = hidden_columns(s, &cursor);
	const char *from = p->text;

	for (int i = 0; i < hidden && *from; i++)
		do
			from++;
		while (((unsigned char)*from & 0xc0) == 0x80);
	if (p->problem[0])
		draw_problem(s, y);
	y -= skw_prompt_rows(s) - 1;
	skw_paint_text(&s->paint, y, 0, label, SKW_STYLE_STRONG, false, p->kind->label);
	skw_paint_text(&s->paint, y, label, s->paint.cols, SKW_STYLE_PLAIN, false, from);
	move(y, label + cursor - hidden);
}
