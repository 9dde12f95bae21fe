// SPDX-License-Identifier: BSD-2-Clause
#include "ui/prompt.h"

#include <ncurses.h>
#include <stdio.h>
#include <string.h>

#include "ui/draw/interval.h"
#include "ui/draw/key.h"
#include "ui/list.h"

struct skw_prompt_kind {
	const char *label;
	void (*changed)(struct skw_screen *s); /* after each key; may be NULL */
	bool (*done)(struct skw_screen *s);    /* after Enter; false if the text is not valid */
	void (*given_up)(struct skw_screen *s);
};

static void problem(struct skw_screen *s, const char *text, int column)
{
	skw_ask_problem(&s->prompt.ask, text, column);
}

static void begin(struct skw_screen *s, const struct skw_prompt_kind *kind, const char *text)
{
	s->prompt.kind = kind;
	s->prompt.came_from = skw_list_cookie(s);
	skw_ask_begin(&s->prompt.ask, kind->label, text);
	s->message[0] = '\0';
}

/* ---- search ---- */

static void search_changed(struct skw_screen *s)
{
	snprintf(s->search, sizeof(s->search), "%s", s->prompt.ask.text);
	problem(s, s->search[0] && !skw_list_search(s, s->list.at, false) ? "not found" : "", 0);
}

static bool search_done(struct skw_screen *s)
{
	if (s->prompt.ask.problem[0])
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
		skw_ask_wrong(&s->prompt.ask, &err);
		return false;
	}
	problem(s, "", 0);
	return true;
}

static void filter_changed(struct skw_screen *s)
{
	set_filter(s, s->prompt.ask.text);
}

static bool filter_done(struct skw_screen *s)
{
	return set_filter(s, s->prompt.ask.text);
}

static void filter_given_up(struct skw_screen *s)
{
	set_filter(s, s->prompt.ask.before);
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
	return skw_interval_answer(&s->prompt.ask, &s->interval_ns);
}

void skw_prompt_interval(struct skw_screen *s)
{
	static const struct skw_prompt_kind kind = { "Seconds between updates: ", NULL,
						     interval_done, NULL };

	begin(s, &kind, "");
}

/* ---- keys ---- */

void skw_prompt_key(struct skw_screen *s, int key)
{
	struct skw_prompt *p = &s->prompt;
	const struct skw_prompt_kind *kind = p->kind;

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
	skw_ask_key(&p->ask, key);
	if (kind->changed)
		kind->changed(s);
}
