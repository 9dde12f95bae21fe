/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Restores the terminal of a screen when the worker was killed. The table has no verb, only an
 * `orphaned` function.
 */
#ifndef SKW_VERBS_TERMINAL_H
#define SKW_VERBS_TERMINAL_H

#include <termios.h>

#include "keeper/keeper.h"

struct skw_verbs_terminal {
	/* The keeper writes this to standard output: it ends the screen's modes. */
	const char *farewell;
	/* The settings of standard output before the screen began. NULL: leave them. */
	const struct termios *termios;
	struct skw_keeper_table table;
};

/* Fills in the table for skw_keeper_split(). The caller has set the fields above. */
void skw_verbs_terminal_prepare(struct skw_verbs_terminal *ctx);

#endif
