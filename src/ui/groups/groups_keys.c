// SPDX-License-Identifier: BSD-2-Clause
#include "ui/groups/groups_keys.h"

#include <ncurses.h>
#include <stdio.h>
#include <string.h>

#include "ui/draw/bar.h"
#include "ui/draw/interval.h"
#include "ui/draw/key.h"
#include "ui/groups/groups_ask.h"
#include "ui/groups/groups_list.h"
#include "util/cleanup.h"

#define KEYS_WIDTH 16

static void open_help(struct skw_groups_screen *s, int key)
{
	(void)key;
	s->pane = SKW_GROUPS_PANE_HELP;
	s->page_top = 0;
}

static void open_search(struct skw_groups_screen *s, int key)
{
	(void)key;
	skw_groups_ask_search(s);
}

static void search_again(struct skw_groups_screen *s, int key)
{
	size_t len = s->rows_len;
	bool back = key == 'N';

	if (!s->search[0])
		snprintf(s->message, sizeof(s->message), "Type / and a text to search for first.");
	else if (!len ||
		 !skw_groups_list_search(s, (s->list.at + (back ? len - 1 : 1)) % len, back))
		snprintf(s->message, sizeof(s->message), "Not found: %.200s", s->search);
}

static void open_filter(struct skw_groups_screen *s, int key)
{
	(void)key;
	skw_groups_ask_filter(s);
}

static void open_sort(struct skw_groups_screen *s, int key)
{
	(void)key;
	skw_groups_list_open_menu(s);
}

/* Sorts by a field, or by the second one if the first is sorted by already. */
static void sort_at_once(struct skw_groups_screen *s, int key)
{
	static const struct {
		int key;
		enum skw_format_message_group_id first, second;
	} sorts[] = {
		{ 'T', SKW_MESSAGE_GROUP_TIME, SKW_MESSAGE_GROUP_TIME },
		{ 'C', SKW_MESSAGE_GROUP_COUNT, SKW_MESSAGE_GROUP_RATE },
		{ 'E', SKW_MESSAGE_GROUP_ERRORS, SKW_MESSAGE_GROUP_UNANSWERED },
		{ 'P', SKW_MESSAGE_GROUP_P99, SKW_MESSAGE_GROUP_MAX },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(sorts); i++)
		if (sorts[i].key == key)
			skw_groups_list_sort_by(s, s->order.field == sorts[i].first
							   ? sorts[i].second
							   : sorts[i].first);
}

static void invert(struct skw_groups_screen *s, int key)
{
	(void)key;
	s->order.ascending = !s->order.ascending;
}

static void pause_or_go(struct skw_groups_screen *s, int key)
{
	(void)key;
	s->paused = !s->paused;
}

static void change_interval(struct skw_groups_screen *s, int key)
{
	s->interval_ns = skw_interval_step(s->interval_ns, key == '+');
}

static void ask_interval(struct skw_groups_screen *s, int key)
{
	(void)key;
	skw_groups_ask_interval(s);
}

static void choose(struct skw_groups_screen *s, int key)
{
	(void)key;
	skw_groups_list_choose(s);
}

static void forget_search(struct skw_groups_screen *s, int key)
{
	(void)key;
	s->search[0] = '\0';
}

static void back(struct skw_groups_screen *s, int key)
{
	(void)key;
	s->pane = SKW_GROUPS_PANE_LIST;
}

static void quit(struct skw_groups_screen *s, int key)
{
	(void)key;
	s->quit = true;
}

static void redraw(struct skw_groups_screen *s, int key)
{
	(void)key;
	skw_terminal_redraw(s->terminal);
}

static void suspend(struct skw_groups_screen *s, int key)
{
	(void)key;
	skw_terminal_suspend(s->terminal, s->opt.stop_job, s->opt.host_ctx);
}

static void move_by(struct skw_groups_screen *s, int key)
{
	skw_groups_keys_move(s, skw_cursor_motion(key));
}

void skw_groups_keys_move(struct skw_groups_screen *s, enum skw_motion motion)
{
	if (s->pane == SKW_GROUPS_PANE_LIST)
		skw_groups_list_move(s, motion);
	else if (s->pane == SKW_GROUPS_PANE_SORT)
		skw_groups_list_move_menu(s, motion);
	else
		skw_cursor_scroll(&s->page_top, motion, s->page.lines, s->page_rows);
}

#define LIST SKW_GROUPS_BIT(SKW_GROUPS_PANE_LIST)
#define HELP SKW_GROUPS_BIT(SKW_GROUPS_PANE_HELP)
#define SORT SKW_GROUPS_BIT(SKW_GROUPS_PANE_SORT)
#define ALL  (LIST | HELP | SORT)
#define K    SKW_KEY

/* The program obeys keys, prints the help and draws the last line from this table. */
static const struct groups_key {
	const char *names; /* as printed on the keys, the most usual first */
	const char *help;
	const char *bar; /* a word for the last line; NULL: it is not there */
	uint8_t keep;    /* keys with the lowest number leave the last line first */
	uint8_t panes;   /* where the key works */
	int codes[8];
	void (*run)(struct skw_groups_screen *s, int key);
} keys[] = {
	{ "F1 h ?", "this help", "Help", 80, LIST | SORT, { K(KEY_F(1)), 'h', '?' }, open_help },
	{ "F3 /",
	  "search for a process, a protocol or a kind",
	  "Search",
	  50,
	  LIST,
	  { K(KEY_F(3)), '/' },
	  open_search },
	{ "n N", "the next and the previous match", NULL, 0, LIST, { 'n', 'N' }, search_again },
	{ "F4 \\",
	  "show only groups that match an expression",
	  "Filter",
	  70,
	  LIST,
	  { K(KEY_F(4)), '\\' },
	  open_filter },
	{ "F6 > <",
	  "choose what to sort by",
	  "Sort",
	  60,
	  LIST,
	  { K(KEY_F(6)), '>', '<' },
	  open_sort },
	{ "T C E P",
	  "sort by time, count (again: rate), errors (no answer), p99 (max)",
	  NULL,
	  0,
	  LIST,
	  { 'T', 'C', 'E', 'P' },
	  sort_at_once },
	{ "I", "invert the order", NULL, 0, LIST | SORT, { 'I' }, invert },
	{ "Z Space",
	  "pause the screen, not the counting; again: go on",
	  "Pause",
	  45,
	  LIST,
	  { 'Z', ' ' },
	  pause_or_go },
	{ "+ -",
	  "a longer or shorter time between updates",
	  NULL,
	  0,
	  LIST,
	  { '+', '-' },
	  change_interval },
	{ "d", "type the time between updates", NULL, 0, LIST, { 'd' }, ask_interval },
	{ "Enter Space",
	  "in the list of columns: sort by this column",
	  "Choose",
	  60,
	  SORT,
	  { '\r', '\n', K(KEY_ENTER), ' ' },
	  choose },
	{ "Up Down k j",
	  "move by a line; the mouse wheel moves by three",
	  NULL,
	  0,
	  ALL,
	  { K(KEY_UP), K(KEY_DOWN), 'k', 'j' },
	  move_by },
	{ "PgUp PgDn",
	  "move by a page (also Ctrl-B, Ctrl-F)",
	  NULL,
	  0,
	  ALL,
	  { K(KEY_PPAGE), K(KEY_NPAGE), SKW_CTRL('B'), SKW_CTRL('F') },
	  move_by },
	{ "Home End G",
	  "go to the first (and stay there), to the last",
	  NULL,
	  0,
	  ALL,
	  { K(KEY_HOME), K(KEY_END), 'G' },
	  move_by },
	{ "Ctrl-L", "draw the screen anew", NULL, 0, ALL, { SKW_CTRL('L') }, redraw },
	{ "Ctrl-Z", "stop; the shell's fg comes back", NULL, 0, ALL, { SKW_CTRL('Z') }, suspend },
	{ "Esc", "forget the text of the search", NULL, 0, LIST, { SKW_KEY_ESC }, forget_search },
	{ "Esc q F10",
	  "go back to the list",
	  "Back",
	  90,
	  HELP | SORT,
	  { SKW_KEY_ESC, 'q', K(KEY_F(10)), K(KEY_LEFT), K(KEY_BACKSPACE) },
	  back },
	{ "q F10 Ctrl-C",
	  "quit; the table is printed as text",
	  "Quit",
	  90,
	  LIST,
	  { 'q', K(KEY_F(10)) },
	  quit },
	{ "Ctrl-C", NULL, NULL, 0, ALL, { SKW_CTRL('C') }, quit },
};

static bool has_code(const struct groups_key *k, int key)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(k->codes) && k->codes[i]; i++)
		if (k->codes[i] == key)
			return true;
	return false;
}

void skw_groups_keys_run(struct skw_groups_screen *s, int key)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(keys); i++) {
		if (keys[i].panes & SKW_GROUPS_BIT(s->pane) && has_code(&keys[i], key)) {
			keys[i].run(s, key);
			return;
		}
	}
	if (s->pane == SKW_GROUPS_PANE_HELP)
		back(s, key);
}

/* ---- the last line ---- */

static void make_bar(const struct skw_groups_screen *s, struct skw_bar *bar)
{
	bar->len = 0;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(keys); i++)
		if (keys[i].bar && keys[i].panes & SKW_GROUPS_BIT(s->pane))
			skw_bar_add(bar, (int)i, keys[i].names, keys[i].bar, keys[i].keep);
	skw_bar_place(bar, s->paint.cols);
}

void skw_groups_keys_draw(const struct skw_groups_screen *s, int y)
{
	struct skw_bar bar;

	if (s->message[0]) {
		skw_paint_text(&s->paint, y, 1, s->paint.cols, SKW_STYLE_STRONG, false, s->message);
		return;
	}
	make_bar(s, &bar);
	skw_bar_draw(&bar, &s->paint, y);
}

void skw_groups_keys_click(struct skw_groups_screen *s, int x)
{
	struct skw_bar bar;
	int at;

	make_bar(s, &bar);
	at = skw_bar_at(&bar, x);
	if (at >= 0)
		keys[at].run(s, keys[at].codes[0]);
}

/* ---- the help ---- */

static void add_fields(struct skw_page *p)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	char *line, *rest;

	skw_format_message_group_help(&text);
	skw_buf_add_char(&text, '\0');
	if (text.failed)
		return;
	skw_page_line(p, SKW_STYLE_STRONG,
		      " Filters compare these (= != < <= > >= ~ =~), joined by and, or, not, ( )");
	skw_page_line(p, SKW_STYLE_PLAIN, "   protocol = http and (p99 > 20ms or errors > 1%)");
	for (rest = (char *)text.data; (line = strsep(&rest, "\n"));)
		skw_page_entry(p, SKW_STYLE_PLAIN, "", 3, line + strspn(line, " "));
}

void skw_groups_keys_help(struct skw_groups_screen *s, int rows)
{
	struct skw_page *p = &s->page;

	s->page_rows = rows;
	skw_page_begin(p, s->paint.cols, s->paint.utf8);
	skw_page_line(p, SKW_STYLE_STRONG, " Keys (any other goes back)");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(keys); i++)
		if (keys[i].help)
			skw_page_entry(p, SKW_STYLE_KEY, keys[i].names, 3 + KEYS_WIDTH,
				       keys[i].help);
	skw_page_end(p);
	skw_page_line(p, SKW_STYLE_STRONG, " Marks");
	skw_page_entry(p, SKW_STYLE_ALARM, "!", 7, "some answers tell of a failure");
	skw_page_entry(p, SKW_STYLE_WARNING, "*", 7, "some requests have no answer");
	skw_page_entry(p, SKW_STYLE_PLAIN, "+", 7, "messages came since the last update");
	skw_page_entry(p, SKW_STYLE_PLAIN, "--", 7, "not known");
	skw_page_end(p);
	p->indent = 0;
	add_fields(p);
	skw_cursor_scroll(&s->page_top, SKW_MOTION_UP, p->lines, rows);
	skw_page_draw(p, &s->paint, 0, rows, s->page_top);
}
