/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of users and services for expressions. The process that draws the screen can't open files,
 * so all names that it may need are read before the split.
 */
#ifndef SKW_CMD_WORDS_NAME_LIST_H
#define SKW_CMD_WORDS_NAME_LIST_H

#include <stdbool.h>

#include "expr/expr.h"

struct skw_name_list {
	struct skw_expr_names names; /* for skw_expr_parse() */
	struct skw_listed_name *all; /* owned */
	size_t len, size;
	bool sealed;
};

/* An empty list. A name that is not in it is asked for in the way that this host is set up for. */
void skw_name_list_begin(struct skw_name_list *l);
/*
 * Adds the names of /etc/passwd and /etc/services, and asks the system for no further name. A file
 * that can't be read is left out, as expressions can use numbers instead.
 */
void skw_name_list_seal(struct skw_name_list *l);
void skw_name_list_free(struct skw_name_list *l);

#endif
