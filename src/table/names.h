/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names by number, for what rows are in: cgroups, namespaces. A name lives as long as rows refer
 * to its number; a number without a name remembers which rows wait for one.
 */
#ifndef SKW_TABLE_NAMES_H
#define SKW_TABLE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct skw_name {
	uint64_t id;
	char *name;        /* owned; NULL: none told yet */
	uint32_t *waiting; /* owned; slots of rows that came without a name, some of them gone */
	uint32_t waiting_len, waiting_size;
	uint32_t refs;
	uint32_t next; /* in its chain, or of the free ones: index + 1 */
	bool used, asked;
	bool unlisted; /* it lost its name: rows that had it wait as well, but are not listed */
};

struct skw_names {
	struct skw_name *all; /* owned */
	size_t len, size;
	uint32_t *buckets; /* owned; index + 1, 0: none */
	uint32_t buckets_len;
	uint32_t free;   /* index + 1 */
	uint32_t known;  /* used ones with a reference */
	uint32_t unused; /* used ones without */
	size_t cursor;   /* none below it is to be asked for */
};

void skw_names_free(struct skw_names *n);

/*
 * The row in `slot` refers to a number from now on: *name is its name, or NULL and the row is
 * among those that wait. 0 or -ENOMEM.
 */
int skw_names_ref(struct skw_names *n, uint64_t id, uint32_t slot, const char **name);
void skw_names_unref(struct skw_names *n, uint64_t id);

/*
 * A number's name, empty: it has none any more. *who (NULL: nothing changes) then has the slots
 * that waited: the caller's until the next call. The name that it had before is *old, for the
 * caller to free when no row points to it. 0 or -ENOMEM.
 */
int skw_names_set(struct skw_names *n, uint64_t id, const char *name, struct skw_name **who,
		  char **old);
/* The rows of `who` have been told. */
void skw_names_told(struct skw_name *who);

/* The next number with rows and without a name; each once until skw_names_ask_again(). */
bool skw_names_unnamed(struct skw_names *n, uint64_t *id);
void skw_names_ask_again(struct skw_names *n);

#endif
