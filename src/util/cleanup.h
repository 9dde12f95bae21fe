/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ownership that can be seen where a variable is declared: a variable marked
 * with one of the attributes below is released when it goes out of scope, and
 * SKW_TAKE_PTR/SKW_TAKE_FD hand what it holds to somebody else.
 */
#ifndef SKW_UTIL_CLEANUP_H
#define SKW_UTIL_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SKW_CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void skw_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void skw_cleanup_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void skw_cleanup_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

/* File descriptors start at -1, pointers at NULL. */
#define SKW_AUTO_FREE SKW_CLEANUP(skw_cleanup_free)
#define SKW_AUTO_FD   SKW_CLEANUP(skw_cleanup_fd)
#define SKW_AUTO_FILE SKW_CLEANUP(skw_cleanup_file)

/* Gives away the value of a variable and leaves NULL (or -1) behind. */
#define SKW_TAKE_PTR(var)                                                                          \
	({                                                                                         \
		__typeof__(var) skw_taken_ = (var);                                                \
		(var) = NULL;                                                                      \
		skw_taken_;                                                                        \
	})
#define SKW_TAKE_FD(var)                                                                           \
	({                                                                                         \
		int skw_taken_ = (var);                                                            \
		(var) = -1;                                                                        \
		skw_taken_;                                                                        \
	})

#define SKW_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
