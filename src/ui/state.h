/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of a screen, for the files of this room only. screen.c calls the panes, which draw and
 * change the state.
 */
#ifndef SKW_UI_STATE_H
#define SKW_UI_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "expr/expr.h"
#include "model/messages_status.h"
#include "model/pick.h"
#include "model/process.h"
#include "model/watch.h"
#include "table/table.h"
#include "ui/draw/ask.h"
#include "ui/draw/columns.h"
#include "ui/draw/layout.h"
#include "ui/draw/cursor.h"
#include "ui/draw/page.h"
#include "ui/draw/paint.h"
#include "ui/draw/terminal.h"
#include "ui/settings/settings.h"
#include "util/error.h"
#include "view/view.h"

#define SKW_SEARCH_SIZE  SKW_SETTINGS_FILTER
#define SKW_MESSAGE_SIZE 256
#define SKW_TAGS_MAX     256

enum skw_pane {
	SKW_PANE_LIST, /* connections, or groups of connections */
	SKW_PANE_DETAIL,
	SKW_PANE_HELP,
	SKW_PANE_SORT,
	SKW_PANE_COLUMNS,
	SKW_PANE_QUESTION,
	SKW_PANES
};

#define SKW_PANE_BIT(pane) (1U << (pane))

/* A line that the user is typing, see ui/prompt.h. */
struct skw_prompt {
	const struct skw_prompt_kind *kind; /* NULL if there is no prompt */
	struct skw_ask ask;
	uint64_t came_from; /* the connection that was selected before the search */
};

struct skw_screen {
	struct skw_terminal *terminal; /* owned */
	struct skw_paint paint;
	struct skw_settings settings;
	char host[65];

	/*
	 * The table and status that are shown. `live` and `live_status` are borrowed from the
	 * caller and NULL before the first sweep. `table` and `status` point to them, or to
	 * `frozen` and `frozen_status` while paused.
	 */
	const struct skw_table *table;
	const struct skw_watch_status *status;
	const struct skw_table *live;
	const struct skw_watch_status *live_status;
	struct skw_table *frozen; /* owned; a copy, NULL if not paused */
	struct skw_watch_status frozen_status;
	struct skw_view *view;   /* owned */
	bool fresh;              /* the view shows the current table */
	struct skw_expr *filter; /* owned; NULL if there is no filter */
	const struct skw_expr_names *names;
	char search[SKW_SEARCH_SIZE];

	/* See struct skw_screen_options. */
	void (*stop_job)(void *host_ctx);
	void *host_ctx;
	/* Requests to the caller. */
	bool recorded;               /* see struct skw_screen_options */
	bool next_sweep, next_event; /* wishes of the last keys */
	bool quit, paused;
	uint64_t interval_ns;
	uint64_t follow; /* a cookie, or 0 */
	bool begins_capture, ends_capture;
	struct skw_pick pick; /* with begins_capture: what is to be captured */
	/* Borrowed from the caller; NULL: nothing can be captured. */
	const struct skw_pick_status *captured;
	const struct skw_messages_status *messages; /* NULL: they can't be seen */
	/* See struct skw_screen_options. */
	bool kills;
	const char *no_kill;
	bool asks_kill; /* a request to the caller, about these connections */
	uint64_t kill[SKW_TAGS_MAX];
	size_t kill_len;

	enum skw_pane pane, pane_before; /* before the help, or the question */
	/* Shown in the last line until the next key, or for some seconds from message_ns on. */
	char message[SKW_MESSAGE_SIZE];
	uint64_t message_ns;

	/*
	 * The list. Once the user has moved the cursor, it stays on its connection or group. Before
	 * that, and after Home, it stays on the first line, whatever connection that is.
	 */
	struct skw_cursor list;
	bool selected;
	uint64_t cookie;
	char group[sizeof(((struct skw_group_row *)NULL)->name)];
	/* The groups that Esc leads back to: what was opened last. No group: there are none. */
	struct {
		enum skw_group group;
		char name[sizeof(((struct skw_group_row *)NULL)->name)];
		char filter[SKW_SETTINGS_FILTER];
	} from;
	/* The connections that the user has tagged, by their cookies; whether only they are shown.
	 */
	uint64_t tags[SKW_TAGS_MAX];
	size_t tags_len;
	bool tags_only;
	struct skw_layout layout; /* as drawn last */
	int list_y, list_rows;    /* the first line below the titles, and the number of lines */
	/* The widths that columns have grown to. They never shrink, so that nothing jumps. */
	uint8_t grown[SKW_COLUMNS], grown_group;
	/* The time and the line of the last click, to recognize a double click. */
	uint64_t click_ns;
	size_t click_at;

	/* The panes that cover the list. */
	struct skw_page page;
	size_t page_top;
	int page_rows;             /* the height that the page was drawn with */
	uint64_t detail;           /* a cookie */
	bool detail_fields;        /* show all fields, not the story */
	struct skw_process holder; /* of the detail; its pid is 0 if it is not known */
	struct skw_cursor menu;
	uint8_t menu_columns[SKW_COLUMNS]; /* all columns, the chosen ones first */
	uint8_t menu_chosen;
	struct skw_prompt prompt;
};

/*
 * Shows only the connections that match this expression, or all if the text is blank. If the
 * expression is not valid, nothing changes and the error is that of skw_expr_parse().
 */
int skw_screen_set_filter(struct skw_screen *s, const char *text, struct skw_error *err);

/* The index of a connection's tag, s->tags_len if it has none. */
size_t skw_screen_tag(const struct skw_screen *s, uint64_t cookie);

#endif
