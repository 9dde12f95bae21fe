/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal: checks it, takes it, gives it back, and follows its size. ncurses keeps one screen
 * for the whole process, so there is only one struct skw_terminal.
 */
#ifndef SKW_UI_DRAW_TERMINAL_H
#define SKW_UI_DRAW_TERMINAL_H

#include <stdbool.h>

#include "util/error.h"

struct skw_terminal;

/* See skw_screen_probe(). */
int skw_terminal_probe(const char **farewell, struct skw_error *err);

/* Takes the terminal. *utf8 tells whether the locale is a UTF-8 locale. */
int skw_terminal_open(struct skw_terminal **out, bool *utf8, struct skw_error *err);
/* Gives the terminal back. NULL is allowed. */
void skw_terminal_close(struct skw_terminal *t);

/* Reads the size of the terminal and tells ncurses. Returns true if it has changed. */
bool skw_terminal_resize(void);

/*
 * Stops the job as Ctrl-Z does in other programs. Returns when the job is continued, with the
 * screen cleared.
 */
void skw_terminal_suspend(struct skw_terminal *t, void (*stop_job)(void *ctx), void *ctx);

/*
 * Takes the terminal again and redraws everything, for the case that another program changed it.
 */
void skw_terminal_redraw(struct skw_terminal *t);

/* Whether the terminal has hung up, so that no key will ever be typed again. */
bool skw_terminal_gone(void);

#endif
