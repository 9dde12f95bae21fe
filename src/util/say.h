/* SPDX-License-Identifier: BSD-2-Clause */
/* Talk: what is said to people on standard error. */
#ifndef SKW_UTIL_SAY_H
#define SKW_UTIL_SAY_H

/* "skwatch: ..." and a newline on standard error, in one write. For talk that is no failure. */
void skw_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
