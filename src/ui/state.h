/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a screen is made of, for the files of this room only. The panes draw from it and change
 * it; screen.c calls them.
 */
#ifndef SKW_UI_STATE_H
#define SKW_UI_STATE_H

#include "ui/draw/columns.h"
#include "ui/draw/cursor.h"
#include "ui/draw/page.h"
#include "ui/draw/paint.h"
#include "ui/draw/terminal.h"
#include "ui/screen.h"

/* Below this there is one line that says so. */
#define SKW_SCREEN_COLS_MIN 40
#define SKW_SCREEN_ROWS_MIN 6

#define SKW_SEARCH_SIZE     SKW_SETTINGS_FILTER
#define SKW_MESSAGE_SIZE    256

enum skw_pane {
	SKW_PANE_LIST, /* connections, or groups of them */
	SKW_PANE_DETAIL,
	SKW_PANE_HELP,
	SKW_PANE_SORT,
	SKW_PANE_COLUMNS,
	SKW_PANES
};

#define SKW_PANE_BIT(pane) (1U << (pane))

/* A line that is being typed, see ui/prompt.h. */
struct skw_prompt {
	const struct skw_prompt_kind *kind; /* NULL: none */
	char text[SKW_SETTINGS_FILTER];
	char before[SKW_SETTINGS_FILTER]; /* what Esc goes back to */
	size_t len, at;                   /* bytes; where the next one goes */
	char problem[SKW_MESSAGE_SIZE];   /* empty: none */
	int problem_column;               /* of the text, from 1; 0: nowhere */
	uint64_t came_from;               /* the connection that was selected before a search */
};

struct skw_screen {
	struct skw_terminal *terminal; /* owned */
	struct skw_paint paint;
	struct skw_settings settings;
	char host[65];

	/* What is shown. */
	const struct skw_table *table; /* as below, or `frozen`; NULL before the first sweep */
	const struct skw_watch_status *status;      /* the like */
	const struct skw_table *live;               /* lent */
	const struct skw_watch_status *live_status; /* lent */
	struct skw_table *frozen; /* owned; as it was when the screen was paused, NULL: it is not */
	struct skw_watch_status frozen_status;
	struct skw_view *view;   /* owned */
	bool fresh;              /* the view is of the table as it is */
	struct skw_expr *filter; /* owned; NULL: none */
	char search[SKW_SEARCH_SIZE];

	/* What is wished for. */
	bool quit, paused;
	uint64_t interval_ns;
	uint64_t follow; /* cookie; 0: none */

	enum skw_pane pane, pane_before_help;
	char message[SKW_MESSAGE_SIZE]; /* in the last line until the next key, or for a while */
	uint64_t message_ns;            /* since when */

	/*
	 * The list. The cursor keeps to its connection (or group) once somebody moved it; until
	 * then, and after Home, it stays on the first line, whoever that is.
	 */
	struct skw_cursor list;
	bool selected;
	uint64_t cookie;
	char group[sizeof(((struct skw_group_row *)NULL)->name)];
	struct skw_layout layout; /* as it was drawn last */
	int list_y, list_rows;    /* the first line of rows, and how many */
	/* Widths that columns grew to: they don't shrink again, so that nothing jumps. */
	uint8_t grown[SKW_COLUMNS], grown_group;
	uint64_t click_ns; /* of the last click, to know a double one */
	size_t click_at;

	/* Panes above it. */
	struct skw_page page;
	size_t page_top;
	int page_rows;      /* lines it was drawn in */
	uint64_t detail;    /* cookie */
	bool detail_fields; /* all fields, not the story */
	struct skw_cursor menu;
	uint8_t menu_columns[SKW_COLUMNS]; /* the set-up: all, the chosen ones first */
	uint8_t menu_chosen;
	struct skw_prompt prompt;
};

/*
 * Shows only the connections that match this expression from now on, or all for blanks. When it
 * doesn't parse, nothing changes and the error is skw_expr_parse()'s.
 */
int skw_screen_set_filter(struct skw_screen *s, const char *text, struct skw_error *err);

#endif
