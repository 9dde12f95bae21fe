// SPDX-License-Identifier: BSD-2-Clause
#include "ui/screen.h"

#include <errno.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/detail.h"
#include "ui/head.h"
#include "ui/help.h"
#include "ui/draw/key.h"
#include "ui/kill_key.h"
#include "ui/keys.h"
#include "ui/list.h"
#include "ui/menu.h"
#include "ui/prompt.h"
#include "ui/state.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define MESSAGE_NS (4 * SKW_NS_PER_S)

int skw_screen_probe(const char **farewell, struct skw_error *err)
{
	return skw_terminal_probe(farewell, err);
}

void skw_screen_close(struct skw_screen *s)
{
	if (!s)
		return;
	skw_terminal_close(s->terminal);
	skw_expr_free(s->filter);
	skw_view_free(s->view);
	skw_table_free(s->frozen);
	skw_page_free(&s->page);
	free(s);
}

/* Makes the view of the current table, unless nothing has changed since it was made last. */
static int look(struct skw_screen *s, bool tick, struct skw_error *err)
{
	const struct skw_view_options opt = {
		.sort = s->settings.sort,
		.ascending = s->settings.ascending,
		.filter = s->filter,
		.search = s->search[0] ? s->search : NULL,
		.listeners = s->settings.listeners,
		.datagrams = s->settings.datagrams,
		.closed = true,
		.group = s->settings.group,
		.only = s->tags_only ? s->tags : NULL,
		.only_len = s->tags_len,
	};

	if (!s->table || s->fresh)
		return 0;
	if (skw_view_make(s->view, s->table, &opt, tick))
		return skw_error_set(err, -ENOMEM, "out of memory");
	s->fresh = true;
	skw_list_settle(s);
	return 0;
}

/*
 * While the screen is paused, nothing on it moves, but events go on changing the table. So a copy
 * of the table is kept and shown. Its rows stay in place and can be opened long after their
 * connections have gone.
 */
static void pause_or_go(struct skw_screen *s)
{
	if (s->recorded || s->paused == (s->frozen != NULL) || !s->live)
		return;
	if (s->frozen) {
		skw_table_free(s->frozen);
		s->frozen = NULL;
	} else if (skw_table_copy(s->live, &s->frozen)) {
		s->paused = false;
		snprintf(s->message, sizeof(s->message),
			 "The screen can't be paused: out of memory.");
	}
	s->frozen_status = *s->live_status;
	s->table = s->frozen ? s->frozen : s->live;
	s->status = s->frozen ? &s->frozen_status : s->live_status;
	s->fresh = false;
}

static void draw_list(struct skw_screen *s, int rows)
{
	int head = skw_head_draw(s);

	skw_list_draw(s, head, rows - head);
}

static void draw_detail(struct skw_screen *s, int rows)
{
	s->page_rows = rows;
	skw_detail_draw(s, 0, rows);
}

static void draw_help(struct skw_screen *s, int rows)
{
	s->page_rows = rows;
	skw_help_draw(s, 0, rows);
}

static void draw_question(struct skw_screen *s, int rows)
{
	skw_kill_key_draw(s, 0, rows);
}

static void draw_menu(struct skw_screen *s, int rows)
{
	skw_menu_draw(s, 0, rows);
}

static void (*const painters[SKW_PANES])(struct skw_screen *, int) = {
	[SKW_PANE_LIST] = draw_list,    [SKW_PANE_DETAIL] = draw_detail,
	[SKW_PANE_HELP] = draw_help,    [SKW_PANE_SORT] = draw_menu,
	[SKW_PANE_COLUMNS] = draw_menu, [SKW_PANE_QUESTION] = draw_question,
};

static void draw(struct skw_screen *s)
{
	int rows = s->paint.rows, last;

	erase();
	if (skw_paint_is_small(&s->paint)) {
		curs_set(0);
		refresh();
		return;
	}
	/* On a low screen the table gets the last line, not the keys. */
	last = s->prompt.kind               ? skw_ask_rows(&s->prompt.ask, &s->paint)
	       : rows >= 8 || s->message[0] ? 1
					    : 0;
	painters[s->pane](s, rows - last);
	if (s->prompt.kind)
		skw_ask_draw(&s->prompt.ask, &s->paint, rows - 1);
	else if (last)
		skw_keys_draw(s, rows - 1);
	curs_set(s->prompt.kind ? 1 : 0);
	refresh();
}

int skw_screen_open(const struct skw_screen_options *opt, struct skw_screen **out,
		    struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_screen *s = calloc(1, sizeof(*s));
	struct skw_error wrong = { 0 };
	bool utf8;
	int ret;

	if (!s || skw_view_new(&s->view))
		return skw_error_set(err, -ENOMEM, "out of memory");
	s->settings = opt->settings;
	s->interval_ns = opt->interval_ns;
	s->recorded = opt->recorded;
	s->stop_job = opt->stop_job;
	s->host_ctx = opt->host_ctx;
	s->captured = opt->captured;
	s->messages = opt->messages;
	s->kills = opt->kills;
	s->no_kill = opt->no_kill;
	s->names = opt->names;
	snprintf(s->host, sizeof(s->host), "%s", opt->host ? opt->host : "");
	if (opt->filter)
		snprintf(s->settings.filter, sizeof(s->settings.filter), "%s", opt->filter);
	ret = s->settings.filter[0]
		      ? skw_expr_parse(s->settings.filter, s->names, &s->filter, &wrong)
		      : 0;
	if (ret && err)
		*err = wrong;
	if (!ret)
		ret = skw_terminal_open(&s->terminal, &utf8, err);
	if (ret) {
		skw_expr_free(s->filter);
		skw_view_free(s->view);
		return ret;
	}
	skw_paint_init(&s->paint, skw_paint_wants_colors(opt->no_color), utf8 && !opt->ascii);
	draw(s);
	*out = SKW_TAKE_PTR(s);
	return 0;
}

int skw_screen_update(struct skw_screen *s, const struct skw_table *table,
		      const struct skw_watch_status *status, struct skw_error *err)
{
	int ret;

	s->live = table;
	s->live_status = status;
	if (!s->frozen) {
		s->table = table;
		s->status = status;
		s->fresh = false;
	}
	/* After MESSAGE_NS the message disappears and the keys return to the last line. */
	if (!s->message[0] || status->now_ns < s->message_ns)
		s->message_ns = status->now_ns;
	else if (status->now_ns - s->message_ns >= MESSAGE_NS)
		s->message[0] = '\0';
	ret = look(s, true, err);
	if (ret)
		return ret;
	draw(s);
	return 0;
}

static void mouse(struct skw_screen *s)
{
	MEVENT event;

	if (getmouse(&event) != OK || s->prompt.kind)
		return;
	if (event.bstate & BUTTON4_PRESSED)
		skw_keys_move(s, SKW_MOTION_WHEEL_UP);
	else if (event.bstate & BUTTON5_PRESSED)
		skw_keys_move(s, SKW_MOTION_WHEEL_DOWN);
	else if (!(event.bstate & BUTTON1_PRESSED))
		return;
	else if (event.y == s->paint.rows - 1 && s->paint.rows >= 8)
		skw_keys_click(s, event.x);
	else if (s->pane == SKW_PANE_LIST)
		skw_list_click(s, event.y, event.x);
	else if (s->pane == SKW_PANE_SORT || s->pane == SKW_PANE_COLUMNS)
		skw_menu_click(s, event.y);
}

static void typed(struct skw_screen *s, int key)
{
	s->message[0] = '\0';
	s->message_ns = s->status ? s->status->now_ns : 0;
	if (key == SKW_KEY(KEY_MOUSE))
		mouse(s);
	else if (key == SKW_CTRL('L'))
		skw_terminal_redraw(s->terminal);
	else if (s->prompt.kind)
		skw_prompt_key(s, key);
	else
		skw_keys_run(s, key);
}

/*
 * Handles all keys that were typed, one after the other. The view is made again after each, because
 * the next key may act on it.
 */
static int read_keys(struct skw_screen *s, struct skw_error *err)
{
	bool any = false;
	wint_t c;
	int kind, ret = 0;

	while (!ret && !s->quit && s->pane != SKW_PANE_QUESTION && (kind = get_wch(&c)) != ERR) {
		any = true;
		typed(s, kind == KEY_CODE_YES ? SKW_KEY((int)c) : (int)c);
		pause_or_go(s);
		ret = look(s, false, err);
	}
	if (!any && skw_terminal_gone())
		s->quit = true;
	return ret;
}

/* Leaving the help, or the question, goes back to the pane where it was opened. */
static bool is_in_detail(const struct skw_screen *s)
{
	bool covered = s->pane == SKW_PANE_HELP || s->pane == SKW_PANE_QUESTION;

	return (covered ? s->pane_before : s->pane) == SKW_PANE_DETAIL;
}

int skw_screen_input(struct skw_screen *s, int signal, struct skw_screen_wish *wish,
		     struct skw_error *err)
{
	int ret;

	/* Events may have changed the table since the view was made. */
	s->fresh = s->frozen != NULL;
	ret = look(s, false, err);
	if (ret)
		return ret;
	if (signal == SIGCONT)
		skw_terminal_redraw(s->terminal);
	ret = read_keys(s, err);
	if (ret)
		return ret;
	skw_terminal_resize();
	getmaxyx(stdscr, s->paint.rows, s->paint.cols);
	draw(s);
	wish->quit = s->quit;
	wish->paused = s->paused;
	wish->next_sweep = s->next_sweep;
	wish->next_event = s->next_event;
	s->next_sweep = s->next_event = false;
	wish->begins_capture = s->begins_capture;
	wish->ends_capture = s->ends_capture;
	wish->pick = s->pick;
	s->begins_capture = s->ends_capture = false;
	wish->tail = is_in_detail(s) && s->captured && s->captured->cookie == s->detail;
	wish->kill = s->kill;
	wish->kill_len = s->asks_kill ? s->kill_len : 0;
	s->asks_kill = false;
	wish->interval_ns = s->interval_ns;
	wish->follow = is_in_detail(s) ? s->detail : s->follow;
	wish->datagrams = s->settings.datagrams;
	wish->messages = s->settings.messages;
	wish->names = s->settings.names;
	wish->holder = is_in_detail(s) ? skw_detail_holder(s) : 0;
	return 0;
}

void skw_screen_tell_holder(struct skw_screen *s, const struct skw_process *holder)
{
	/* After its end, what was known of it stays. */
	if (holder)
		s->holder = *holder;
	else if (s->holder.pid != skw_detail_holder(s))
		s->holder.pid = 0;
}

void skw_screen_say(struct skw_screen *s, const char *text)
{
	snprintf(s->message, sizeof(s->message), "%s", text);
	s->message_ns = s->status ? s->status->now_ns : 0;
}

void skw_screen_answered(struct skw_screen *s)
{
	if (s->pane == SKW_PANE_QUESTION)
		s->pane = s->pane_before;
}

void skw_screen_settings(const struct skw_screen *s, struct skw_settings *out)
{
	*out = s->settings;
}
