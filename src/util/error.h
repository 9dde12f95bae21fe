/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a failure travels up: functions return 0 or -errno, and those that can
 * say more than the number fill a struct skw_error for main() to print as the
 * one line "skwatch: what: why; what to do".
 */
#ifndef SKW_UTIL_ERROR_H
#define SKW_UTIL_ERROR_H

#include <stdbool.h>

#define SKW_EXIT_FAILURE 1 /* failed at run time */
#define SKW_EXIT_USAGE   2 /* wrong usage: nothing was created or truncated */

struct skw_error {
	bool usage;     /* the user's words are at fault: exit status 2 */
	char text[768]; /* one line, no newline at its end; empty while nothing failed */
};

/*
 * Both write the text (cut if too long, newlines made spaces) unless one is
 * there already: the first cause is the one worth telling. `err` may be NULL.
 * Return `code` (a negative errno) so that a caller can return the call.
 */
int skw_error_set(struct skw_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int skw_error_usage(struct skw_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3))); /* returns -EINVAL */

#endif
