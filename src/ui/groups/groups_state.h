/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of the screen of groups. Internal to this room. */
#ifndef SKW_UI_GROUPS_GROUPS_STATE_H
#define SKW_UI_GROUPS_GROUPS_STATE_H

#include "ui/draw/ask.h"
#include "ui/draw/cursor.h"
#include "ui/draw/layout.h"
#include "ui/draw/page.h"
#include "ui/draw/paint.h"
#include "ui/draw/terminal.h"
#include "ui/groups/groups_screen.h"

enum skw_groups_pane {
	SKW_GROUPS_PANE_LIST,
	SKW_GROUPS_PANE_HELP,
	SKW_GROUPS_PANE_SORT,
	SKW_GROUPS_PANES
};

#define SKW_GROUPS_BIT(pane) (1U << (pane))

struct skw_groups_screen {
	struct skw_terminal *terminal; /* owned */
	struct skw_paint paint;
	struct skw_groups_screen_options opt;
	char host[65];

	struct skw_message_look look;   /* as it is shown; its groups are owned */
	bool loaded;                    /* there was a look */
	struct skw_message_group *rows; /* owned: those that match, in their order */
	size_t rows_len;
	uint64_t seen_ns;        /* real time, that goes on while paused; for messages */
	struct skw_expr *filter; /* owned; NULL: all groups */
	char filter_text[SKW_ASK_SIZE];
	char search[SKW_ASK_SIZE];

	bool quit, paused;
	uint64_t interval_ns;
	struct skw_format_message_group_order order;

	enum skw_groups_pane pane;
	const struct skw_groups_ask *asks; /* NULL: nothing is typed */
	struct skw_ask ask;
	size_t came_from; /* the line that was selected before a search */
	/* In the last line until the next key, or for some seconds from message_ns on. */
	char message[SKW_ASK_PROBLEM];
	uint64_t message_ns;

	/* Once the user has moved the cursor it stays on its group; else on the first line. */
	struct skw_cursor list;
	bool selected;
	const char *group; /* the group's text client_comm, which only it has */
	struct skw_layout layout;
	int list_y, list_rows; /* the first line below the titles, and the number of lines */
	/* The widths that columns have grown to. They never shrink, so that nothing jumps. */
	uint8_t grown[SKW_MESSAGE_GROUP_FIELDS];

	struct skw_page page;
	size_t page_top;
	int page_rows;
	struct skw_cursor menu;
};

#endif
