/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the filter expression on the command line or in a file. */
#ifndef SKW_CMD_WORDS_FILTER_TEXT_H
#define SKW_CMD_WORDS_FILTER_TEXT_H

#include <stddef.h>

#include "util/error.h"

/*
 * Joins the words of the command line with spaces, or reads `file` (NULL: no file; "-": standard
 * input). The caller frees *text, which is "" if there is no filter.
 */
int skw_filter_text(const char *file, char *const *words, size_t n, char **text,
		    struct skw_error *err);

#endif
