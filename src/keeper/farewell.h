/* SPDX-License-Identifier: BSD-2-Clause */
/* Gives the terminal back after the process that drew on it was killed. */
#ifndef SKW_KEEPER_FAREWELL_H
#define SKW_KEEPER_FAREWELL_H

#include <stdbool.h>
#include <termios.h>

struct skw_farewell {
	/* This is written to standard output: it ends the screen's modes. */
	const char *text;
	/* The settings of standard output before the screen began. NULL: leave them. */
	const struct termios *termios;
	/* The screen's own settings of it. */
	struct termios made;
	bool has_made;
};

void skw_farewell_say(const struct skw_farewell *f);

#endif
