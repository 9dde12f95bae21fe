/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends connections from the screen of top: the list, the answer to the question, and the result. */
#ifndef SKW_SESSION_ACT_TOP_KILL_H
#define SKW_SESSION_ACT_TOP_KILL_H

#include "act/kill_run.h"
#include "table/table.h"

struct skw_top_kill {
	/* The caller sets these. */
	void (*say)(void *ctx, const char *text); /* on the screen */
	void *ctx;

	struct skw_kill kill;
	struct skw_kill_run run;
	bool works;             /* its table is for the keeper */
	bool asks;              /* the question is open, so the keeper reads the next key */
	struct skw_error lacks; /* the reason if it does not work */
};

/* `netns` is that of the watch. A failure is a reason for later, and none of the session. */
void skw_top_kill_prepare(struct skw_top_kill *k, const char *netns);
void skw_top_kill_free(struct skw_top_kill *k);

/*
 * Lists the connections, which the screen shows, and opens the question. If that fails, it says
 * why, and k->asks stays false.
 */
void skw_top_kill_ask(struct skw_top_kill *k, struct skw_keeper *keeper,
		      const struct skw_table *table, const uint64_t *cookies, size_t n);
/*
 * A key can be read. Returns true if that was the answer: then the question is over, and what was
 * done is said.
 */
bool skw_top_kill_answer(struct skw_top_kill *k);

#endif
