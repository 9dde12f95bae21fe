/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper's part of a screen: it stops the job, saves the settings, and restores the
 * terminal when the worker was killed.
 */
#ifndef SKW_VERBS_TERMINAL_H
#define SKW_VERBS_TERMINAL_H

#include <stddef.h>

#include "keeper/farewell.h"
#include "keeper/keeper.h"

struct skw_verbs_terminal {
	struct skw_farewell farewell;
	/* Checks the numbers and saves them. Runs in the keeper. Returns 0 or -errno. */
	int (*save)(void *ctx, const void *settings, size_t len);
	void *ctx;
	struct skw_keeper_table table;
};

/* Fills in the table for skw_keeper_split(). The caller has set the other fields. */
void skw_verbs_terminal_prepare(struct skw_verbs_terminal *ctx);
/* Notes the screen's settings of the terminal, before the split. */
void skw_verbs_terminal_note(struct skw_verbs_terminal *ctx);

/*
 * Stops all processes of this process's group with SIGTSTP. Returns when they were continued, or at
 * once if the keeper has died.
 */
void skw_verbs_terminal_stop_job(const struct skw_verbs_terminal *ctx, struct skw_keeper *k);

/* Saves the settings of the screen. Returns 0 or -errno. */
int skw_verbs_terminal_save(const struct skw_verbs_terminal *ctx, struct skw_keeper *k,
			    const void *settings, size_t len);

#endif
