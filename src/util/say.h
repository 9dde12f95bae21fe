/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Talk on standard error, and the status line at the bottom of a terminal, which makes way for
 * talk. Both escape what a terminal could obey (util/escape.h). For one thread.
 */
#ifndef SKW_UTIL_SAY_H
#define SKW_UTIL_SAY_H

/* Writes "skwatch: ...", a text that is no error, and a newline to standard error, in one write. */
void skw_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Shows the line in place of the one before, cut to the width of the terminal. */
void skw_say_status(const char *line);
/* Takes the status line away, if there is one, before something else is printed. */
void skw_say_clear(void);

#endif
