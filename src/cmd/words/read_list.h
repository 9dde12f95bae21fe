/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that `skwatch capture` reads: those of -r, or those that the file of -V lists. */
#ifndef SKW_CMD_WORDS_READ_LIST_H
#define SKW_CMD_WORDS_READ_LIST_H

#include <stddef.h>

#include "util/error.h"

struct skw_read_list {
	const char **names; /* owned; the names themselves belong to argv or to `text` */
	size_t len;
	char *text; /* owned; NULL without -V */
};

/* Appends a name. Returns 0 or -ENOMEM. */
int skw_read_list_add(struct skw_read_list *list, const char *name);

/*
 * Decides which files to read: those that were added (-r), or those whose names are in `list_file`
 * (-V), one a line; NULL: there is no such file. Finds out whether standard input ("-") would be
 * read more than once, as a list, by one of its names or as `filter_file` (-F; NULL: none). Returns
 * 0 or a usage error.
 */
int skw_read_list_choose(struct skw_read_list *list, const char *list_file, const char *filter_file,
			 struct skw_error *err);

/*
 * The same for commands without -V and -F. A file has what it has: `ignored` names an option that
 * was given and chooses what to watch, which is an error with -r; NULL: there is none.
 */
int skw_read_list_choose_alone(struct skw_read_list *list, const char *ignored,
			       struct skw_error *err);

/* Frees the members that `list` owns. */
void skw_read_list_free(struct skw_read_list *list);

#endif
