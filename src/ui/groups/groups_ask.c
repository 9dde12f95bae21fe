// SPDX-License-Identifier: BSD-2-Clause
#include "ui/groups/groups_ask.h"

#include <ncurses.h>
#include <stdio.h>
#include <string.h>

#include "ui/draw/interval.h"
#include "ui/draw/key.h"
#include "ui/groups/groups_list.h"

struct skw_groups_ask {
	const char *label;
	/* After each key, and after Enter, which ends it only if this is true. */
	bool (*typed)(struct skw_groups_screen *s, bool enter);
	void (*given_up)(struct skw_groups_screen *s);
};

static void begin(struct skw_groups_screen *s, const struct skw_groups_ask *kind, const char *text)
{
	s->asks = kind;
	s->came_from = s->list.at;
	skw_ask_begin(&s->ask, kind->label, text);
	s->message[0] = '\0';
}

/* ---- search ---- */

static bool search_typed(struct skw_groups_screen *s, bool enter)
{
	bool found;

	snprintf(s->search, sizeof(s->search), "%s", s->ask.text);
	found = !s->search[0] || skw_groups_list_search(s, s->list.at, false);
	skw_ask_problem(&s->ask, found ? "" : "not found", 0);
	if (enter && !found)
		snprintf(s->message, sizeof(s->message), "Not found: %.200s", s->search);
	return true;
}

static void search_given_up(struct skw_groups_screen *s)
{
	s->search[0] = '\0';
	if (s->came_from < s->rows_len)
		skw_groups_list_select(s, s->came_from);
}

void skw_groups_ask_search(struct skw_groups_screen *s)
{
	static const struct skw_groups_ask kind = { "Search: ", search_typed, search_given_up };

	begin(s, &kind, "");
}

/* ---- filter ---- */

static bool set_filter(struct skw_groups_screen *s, const char *text)
{
	struct skw_error err = { 0 };
	struct skw_expr *expr = NULL;

	if (text[strspn(text, " \t")] &&
	    skw_format_message_group_where(text, s->opt.names, &expr, &err)) {
		skw_ask_wrong(&s->ask, &err);
		return false;
	}
	skw_expr_free(s->filter);
	s->filter = expr;
	snprintf(s->filter_text, sizeof(s->filter_text), "%s", expr ? text : "");
	skw_ask_problem(&s->ask, "", 0);
	return true;
}

static bool filter_typed(struct skw_groups_screen *s, bool enter)
{
	(void)enter;
	return set_filter(s, s->ask.text);
}

static void filter_given_up(struct skw_groups_screen *s)
{
	set_filter(s, s->ask.before);
}

void skw_groups_ask_filter(struct skw_groups_screen *s)
{
	static const struct skw_groups_ask kind = { "Filter: ", filter_typed, filter_given_up };

	begin(s, &kind, s->filter_text);
}

/* ---- interval ---- */

static bool interval_typed(struct skw_groups_screen *s, bool enter)
{
	return !enter || skw_interval_answer(&s->ask, &s->interval_ns);
}

void skw_groups_ask_interval(struct skw_groups_screen *s)
{
	static const struct skw_groups_ask kind = { "Seconds between updates: ", interval_typed,
						    NULL };

	begin(s, &kind, "");
}

void skw_groups_ask_key(struct skw_groups_screen *s, int key)
{
	const struct skw_groups_ask *kind = s->asks;

	if (key == SKW_KEY_ESC) {
		s->asks = NULL;
		if (kind->given_up)
			kind->given_up(s);
	} else if (key == '\r' || key == '\n' || key == SKW_KEY(KEY_ENTER)) {
		if (kind->typed(s, true))
			s->asks = NULL;
	} else {
		skw_ask_key(&s->ask, key);
		kind->typed(s, false);
	}
}
