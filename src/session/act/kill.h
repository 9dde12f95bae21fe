/* SPDX-License-Identifier: BSD-2-Clause */
/* The session of `skwatch kill`: one sweep, a list, a question, and the ends of connections. */
#ifndef SKW_SESSION_KILL_H
#define SKW_SESSION_KILL_H

#include <stdbool.h>

#include "act/session.h"
#include "expr/expr.h"
#include "util/error.h"

struct skw_kill_plan {
	const struct skw_act_options *options;
	const struct skw_expr *where;
	const char *netns; /* as struct skw_watch_plan has it */
	bool yes;          /* ask no question */
	int signo;         /* for the holders; 0: the connections are ended */
};

/* Returns 0, or -errno with err filled. */
int skw_session_kill(const struct skw_kill_plan *plan, struct skw_error *err);

#endif
