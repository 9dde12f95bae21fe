/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ownership that is visible in the declaration of a variable. A variable with one of
 * the attributes below is released when it goes out of scope. SKW_TAKE_PTR and
 * SKW_TAKE_FD hand its value to another owner.
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

/* Initialize file descriptors with -1 and pointers with NULL. */
#define SKW_AUTO_FREE SKW_CLEANUP(skw_cleanup_free)
#define SKW_AUTO_FD   SKW_CLEANUP(skw_cleanup_fd)
#define SKW_AUTO_FILE SKW_CLEANUP(skw_cleanup_file)

/* Each returns the value of a variable and sets the variable to NULL (or -1). */
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
