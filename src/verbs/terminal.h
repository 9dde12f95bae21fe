/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal of a screen, which the keeper gives back when the worker was killed. There is no
 * verb: a table with last words only.
 */
#ifndef SKW_VERBS_TERMINAL_H
#define SKW_VERBS_TERMINAL_H

#include <termios.h>

#include "keeper/keeper.h"

struct skw_verbs_terminal {
	/* Written to standard output: brings the terminal back. */
	const char *farewell;
	/* The settings of standard output before; NULL: leave them. */
	const struct termios *termios;
	struct skw_keeper_table table;
};

/* Fills in the table for skw_keeper_split(), from what the caller has set. */
void skw_verbs_terminal_prepare(struct skw_verbs_terminal *ctx);

#endif
