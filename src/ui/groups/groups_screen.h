/* SPDX-License-Identifier: BSD-2-Clause */
/* The screen of `skwatch messages --summary`: groups of messages, refreshed by the caller. */
#ifndef SKW_UI_GROUPS_GROUPS_SCREEN_H
#define SKW_UI_GROUPS_GROUPS_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "expr/expr.h"
#include "format/format_message_group.h"
#include "model/message_look.h"
#include "util/error.h"

struct skw_groups_screen;

struct skw_groups_screen_options {
	const struct skw_expr_names *names; /* for filters; they must not open files later */
	const char *host;
	uint64_t interval_ns;
	struct skw_format_message_group_order order;
	bool no_color, ascii; /* the user asked for them */
	/* Stops the whole job, for Ctrl-Z; returns when it was continued. */
	void (*stop_job)(void *host_ctx);
	void *host_ctx;
};

/* The user's wishes, after each skw_groups_screen_input(). */
struct skw_groups_screen_wish {
	bool quit;
	uint64_t interval_ns;
	struct skw_format_message_group_order order;
};

int skw_groups_screen_open(const struct skw_groups_screen_options *opt,
			   struct skw_groups_screen **out, struct skw_error *err);
/* Gives the terminal back and frees the screen. NULL is allowed. */
void skw_groups_screen_close(struct skw_groups_screen *s);

/* Shows other figures, which are copied. */
int skw_groups_screen_update(struct skw_groups_screen *s, const struct skw_message_look *look,
			     struct skw_error *err);
/*
 * Handles the keys that were typed and, if `signal` is not 0, SIGWINCH or SIGCONT. Draws the screen
 * and fills *wish.
 */
int skw_groups_screen_input(struct skw_groups_screen *s, int signal,
			    struct skw_groups_screen_wish *wish, struct skw_error *err);

#endif
