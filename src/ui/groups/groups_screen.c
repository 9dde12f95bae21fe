// SPDX-License-Identifier: BSD-2-Clause
#include "ui/groups/groups_screen.h"

#include <errno.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/draw/key.h"
#include "ui/groups/groups_ask.h"
#include "ui/groups/groups_head.h"
#include "ui/groups/groups_keys.h"
#include "ui/groups/groups_list.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define MESSAGE_NS (4 * SKW_NS_PER_S)

void skw_groups_screen_close(struct skw_groups_screen *s)
{
	if (!s)
		return;
	skw_terminal_close(s->terminal);
	skw_expr_free(s->filter);
	skw_page_free(&s->page);
	free((void *)s->look.groups);
	free(s->rows);
	free(s);
}

static void draw_pane(struct skw_groups_screen *s, int rows)
{
	if (s->pane == SKW_GROUPS_PANE_HELP) {
		skw_groups_keys_help(s, rows);
	} else if (s->pane == SKW_GROUPS_PANE_SORT) {
		skw_groups_list_draw_menu(s, 0, rows);
	} else {
		int head = skw_groups_head_draw(s);

		skw_groups_list_draw(s, head, rows - head);
	}
}

static void draw(struct skw_groups_screen *s)
{
	int rows = s->paint.rows, last;

	erase();
	if (skw_paint_is_small(&s->paint)) {
		curs_set(0);
		refresh();
		return;
	}
	/* On a low screen the table gets the last line, not the keys. */
	last = s->asks ? skw_ask_rows(&s->ask, &s->paint) : rows >= 8 || s->message[0] ? 1 : 0;
	draw_pane(s, rows - last);
	if (s->asks)
		skw_ask_draw(&s->ask, &s->paint, rows - 1);
	else if (last)
		skw_groups_keys_draw(s, rows - 1);
	curs_set(s->asks ? 1 : 0);
	refresh();
}

int skw_groups_screen_open(const struct skw_groups_screen_options *opt,
			   struct skw_groups_screen **out, struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_groups_screen *s = calloc(1, sizeof(*s));
	bool utf8;
	int ret;

	if (!s)
		return skw_error_set(err, -ENOMEM, "out of memory");
	s->opt = *opt;
	s->interval_ns = opt->interval_ns;
	s->order = opt->order;
	snprintf(s->host, sizeof(s->host), "%s", opt->host ? opt->host : "");
	ret = skw_terminal_open(&s->terminal, &utf8, err);
	if (ret)
		return ret;
	skw_paint_init(&s->paint, skw_paint_wants_colors(opt->no_color), utf8 && !opt->ascii);
	draw(s);
	*out = SKW_TAKE_PTR(s);
	return 0;
}

static int make_rows(struct skw_groups_screen *s, struct skw_error *err)
{
	return skw_groups_list_make(s) ? skw_error_set(err, -ENOMEM, "out of memory") : 0;
}

static int keep_look(struct skw_groups_screen *s, const struct skw_message_look *look)
{
	struct skw_message_group *groups = calloc(look->len + 1, sizeof(*groups));

	if (!groups)
		return -ENOMEM;
	if (look->len)
		memcpy(groups, look->groups, look->len * sizeof(*groups));
	free((void *)s->look.groups);
	s->look = *look;
	s->look.groups = groups;
	s->loaded = true;
	return 0;
}

int skw_groups_screen_update(struct skw_groups_screen *s, const struct skw_message_look *look,
			     struct skw_error *err)
{
	int ret = 0;

	s->seen_ns = look->now_ns;
	/* After MESSAGE_NS the message disappears and the keys return to the last line. */
	if (!s->message[0] || look->now_ns < s->message_ns)
		s->message_ns = look->now_ns;
	else if (look->now_ns - s->message_ns >= MESSAGE_NS)
		s->message[0] = '\0';
	if (!s->paused && keep_look(s, look))
		return skw_error_set(err, -ENOMEM, "out of memory");
	if (!s->paused)
		ret = make_rows(s, err);
	if (!ret)
		draw(s);
	return ret;
}

static void mouse(struct skw_groups_screen *s)
{
	MEVENT event;

	if (getmouse(&event) != OK || s->asks)
		return;
	if (event.bstate & BUTTON4_PRESSED)
		skw_groups_keys_move(s, SKW_MOTION_WHEEL_UP);
	else if (event.bstate & BUTTON5_PRESSED)
		skw_groups_keys_move(s, SKW_MOTION_WHEEL_DOWN);
	else if (!(event.bstate & BUTTON1_PRESSED))
		return;
	else if (event.y == s->paint.rows - 1 && s->paint.rows >= 8)
		skw_groups_keys_click(s, event.x);
	else if (s->pane != SKW_GROUPS_PANE_HELP)
		skw_groups_list_click(s, event.y, event.x);
}

static void typed(struct skw_groups_screen *s, int key)
{
	s->message[0] = '\0';
	s->message_ns = s->seen_ns;
	if (key == SKW_KEY(KEY_MOUSE))
		mouse(s);
	else if (key == SKW_CTRL('L'))
		skw_terminal_redraw(s->terminal);
	else if (s->asks)
		skw_groups_ask_key(s, key);
	else
		skw_groups_keys_run(s, key);
}

/* The rows are made again after each key, because the next key may act on them. */
static int read_keys(struct skw_groups_screen *s, struct skw_error *err)
{
	bool any = false;
	wint_t c;
	int kind, ret = 0;

	while (!ret && !s->quit && (kind = get_wch(&c)) != ERR) {
		any = true;
		typed(s, kind == KEY_CODE_YES ? SKW_KEY((int)c) : (int)c);
		ret = make_rows(s, err);
	}
	if (!any && skw_terminal_gone())
		s->quit = true;
	return ret;
}

int skw_groups_screen_input(struct skw_groups_screen *s, int signal,
			    struct skw_groups_screen_wish *wish, struct skw_error *err)
{
	int ret;

	if (signal == SIGCONT)
		skw_terminal_redraw(s->terminal);
	ret = read_keys(s, err);
	if (ret)
		return ret;
	skw_terminal_resize();
	getmaxyx(stdscr, s->paint.rows, s->paint.cols);
	draw(s);
	*wish = (struct skw_groups_screen_wish){ .quit = s->quit,
						 .interval_ns = s->interval_ns,
						 .order = s->order };
	return 0;
}
