/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the user on standard error. */
#ifndef SKW_UTIL_SAY_H
#define SKW_UTIL_SAY_H

/* Writes "skwatch: ...", a text that is no error, and a newline to standard error, in one write. */
void skw_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
