/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prepared statements of a connection: what each name or number stands for, as the kind of a
 * request. There is a limit; beyond it the one that was not used for the longest time is forgotten.
 */
#ifndef SKW_MESSAGE_APP_SQL_NAMES_H
#define SKW_MESSAGE_APP_SQL_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "util/bytes.h"

#define SKW_SQL_NAMES_MAX 64

struct skw_sql_name;

/* A zeroed struct is empty. */
struct skw_sql_names {
	struct skw_sql_name *list; /* owned */
	uint32_t len, room;
	uint64_t uses;
};

/* A number for a name. Different spaces of names never meet. */
uint64_t skw_sql_names_key(unsigned space, struct skw_bytes name);
/* The text is copied. 0 or -ENOMEM. */
int skw_sql_names_put(struct skw_sql_names *n, uint64_t key, const char *kind);
/* NULL: it is not known. Borrowed until the next call. */
const char *skw_sql_names_find(struct skw_sql_names *n, uint64_t key);
void skw_sql_names_drop(struct skw_sql_names *n, uint64_t key);
size_t skw_sql_names_memory(const struct skw_sql_names *n);
/* Leaves it empty. */
void skw_sql_names_free(struct skw_sql_names *n);

#endif
