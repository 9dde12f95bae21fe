/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal itself: whether it will do, how it is taken and given back, its size. ncurses
 * keeps one screen for the whole process, and so do these.
 */
#ifndef SKW_UI_DRAW_TERMINAL_H
#define SKW_UI_DRAW_TERMINAL_H

#include <stdbool.h>

#include "util/error.h"

struct skw_terminal;

/* See skw_screen_probe(). */
int skw_terminal_probe(const char **farewell, struct skw_error *err);

/* Takes it. *utf8 says whether its locale is a UTF-8 one. */
int skw_terminal_open(struct skw_terminal **out, bool *utf8, struct skw_error *err);
void skw_terminal_close(struct skw_terminal *t); /* NULL allowed */

/* Asks for its size and tells ncurses. True: it has another one than before. */
bool skw_terminal_resize(void);

/* Stops the job as Ctrl-Z does elsewhere; returns when it was continued, the screen cleared. */
void skw_terminal_suspend(struct skw_terminal *t);

/* Takes it again and draws everything anew, for what others did to it. */
void skw_terminal_redraw(struct skw_terminal *t);

/* Nothing will ever be typed any more. */
bool skw_terminal_gone(void);

#endif
