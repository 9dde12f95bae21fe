// SPDX-License-Identifier: BSD-2-Clause
#include "ui/kill_key.h"

#include <stdio.h>

#include "ui/detail.h"
#include "ui/list.h"

/* Not a listener, a server of UDP, or what the kernel keeps of a connection after its end. */
static bool is_connection(const struct skw_row *row)
{
	return row->closed_ns == SKW_NONE64 && row->state != SKW_STATE_LISTEN &&
	       row->state != SKW_STATE_UNCONN && row->state != SKW_STATE_TIME_WAIT;
}

static void add(struct skw_screen *s, uint64_t cookie)
{
	const struct skw_row *row = s->table ? skw_table_find(s->table, cookie) : NULL;

	if (row && is_connection(row))
		s->kill[s->kill_len++] = cookie;
}

void skw_kill_key_run(struct skw_screen *s)
{
	bool tagged = s->pane == SKW_PANE_LIST && s->tags_len;

	s->kill_len = 0;
	if (s->no_kill) {
		snprintf(s->message, sizeof(s->message), "Nothing can be ended: %.200s",
			 s->no_kill);
		return;
	}
	for (size_t i = 0; tagged && i < s->tags_len; i++)
		add(s, s->tags[i]);
	if (!tagged)
		add(s, s->pane == SKW_PANE_DETAIL ? s->detail : skw_list_cookie(s));
	if (!s->kill_len) {
		snprintf(s->message, sizeof(s->message),
			 tagged ? "None of the tagged is an open connection."
				: "K ends open connections only, and no listeners or groups.");
		return;
	}
	s->asks_kill = true;
	s->pane_before = s->pane;
	s->pane = SKW_PANE_QUESTION;
}

static void add_line(struct skw_page *p, const struct skw_row *row)
{
	if (!row) {
		skw_page_line(p, SKW_STYLE_FAINT, " (it has gone)");
		return;
	}
	skw_detail_name(p, row);
	skw_page_end(p);
}

void skw_kill_key_draw(struct skw_screen *s, int y, int rows)
{
	struct skw_page *p = &s->page;
	char what[48] = "this connection", text[128];

	if (s->kill_len > 1)
		snprintf(what, sizeof(what), "these %zu connections", s->kill_len);
	snprintf(text, sizeof(text), " End %s? y: end %s   any other key: do not", what,
		 s->kill_len > 1 ? "them" : "it");
	skw_paint_fill(&s->paint, y, 0, s->paint.cols, SKW_STYLE_TITLE, false);
	skw_paint_text(&s->paint, y, 0, s->paint.cols, SKW_STYLE_TITLE, false, text);
	skw_page_begin(p, s->paint.cols, s->paint.utf8);
	for (size_t i = 0; i < s->kill_len; i++)
		add_line(p, skw_table_find(s->table, s->kill[i]));
	skw_page_draw(p, &s->paint, y + 1, rows - 1, 0);
}
