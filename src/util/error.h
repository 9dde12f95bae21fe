/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error reports. Functions return 0 or -errno. A function that can say more than the
 * number fills in a struct skw_error, which main() prints as one line:
 * "skwatch: what: why; what to do".
 */
#ifndef SKW_UTIL_ERROR_H
#define SKW_UTIL_ERROR_H

#include <stdbool.h>

#define SKW_EXIT_FAILURE 1 /* failed at run time */
/* The keeper's, which nobody but the worker sees: this and the errno that has ended it. */
#define SKW_EXIT_ERRNO 100
#define SKW_EXIT_USAGE 2 /* wrong usage: nothing was created or truncated */

struct skw_error {
	int status;     /* the exit status of a run that was well, where that is not 0 */
	bool usage;     /* the command line is wrong: exit status 2 */
	char text[768]; /* one line, without a newline at its end; empty if there is no error */
};

/*
 * Both functions write the text, cut if it is too long and with spaces for newlines. A
 * text that is there already stays, because the first error is the cause. `err` may be
 * NULL. skw_error_set() returns `code` (a negative errno) and skw_error_usage() -EINVAL,
 * so that a caller can return the call. If the text of `code`, as strerror() has it, says too
 * little, skw_error_set() puts a better one in its place: see skw_error_why(). At the limit of open
 * files it also replaces the rest of the text by the advice that helps.
 */
int skw_error_set(struct skw_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int skw_error_usage(struct skw_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The reason for a failure, from -errno. It is the text of strerror() except for numbers that only
 * the kernel and libbpf know (include/linux/errno.h, bpf/libbpf_legacy.h), which strerror() would
 * print as numbers.
 */
const char *skw_error_why(int code);

#endif
