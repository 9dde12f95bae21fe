/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a filter expression comes from. */
#ifndef SKW_CMD_FILTER_TEXT_H
#define SKW_CMD_FILTER_TEXT_H

#include <stddef.h>

#include "util/error.h"

/*
 * The words of the command line, joined by spaces, or what `file` holds (NULL: no
 * file; "-": standard input). *text is the caller's to free(), "" if there is no filter.
 */
int skw_filter_text(const char *file, char *const *words, size_t n, char **text,
		    struct skw_error *err);

#endif
