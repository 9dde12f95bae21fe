/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of numbered things that rows refer to: cgroups and namespaces. A name lives as long as rows
 * refer to its number. A number without a name remembers which rows wait for it, unless they are
 * very many.
 */
#ifndef SKW_TABLE_NAMES_H
#define SKW_TABLE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct skw_name {
	uint64_t id;
	char *name;        /* owned; NULL: not told yet */
	uint32_t *waiting; /* owned; slots of rows that wait; some of those rows have gone */
	uint32_t waiting_len, waiting_size;
	uint32_t refs;
	uint32_t next; /* index + 1 of the next in its chain, or of the next unused one */
	bool used;     /* this element has a number */
	bool asked;    /* skw_names_unnamed() has told it */
	bool unlisted; /* rows wait that are not in `waiting`: too many, or it lost its name */
};

struct skw_names {
	struct skw_name *all; /* owned */
	size_t len, size;
	uint32_t *buckets; /* owned; index + 1, 0: none */
	uint32_t buckets_len;
	uint32_t free;   /* index + 1 of the first unused element; 0: none */
	uint32_t known;  /* numbers that rows refer to */
	uint32_t unused; /* numbers that no row refers to */
	size_t cursor;   /* nothing below this index is to be asked for */
};

void skw_names_free(struct skw_names *n);

/*
 * The row in `slot` refers to a number from now on. *name is the name of that number, or NULL; then
 * the row waits for it. 0 or -ENOMEM.
 */
int skw_names_ref(struct skw_names *n, uint64_t id, uint32_t slot, const char **name);
void skw_names_unref(struct skw_names *n, uint64_t id);

/*
 * Sets the name of a number; "" takes its name away. *who is NULL if nothing changes. Otherwise it
 * has the slots that waited, valid until the next call, and *old is the name that the number had
 * before: the caller frees it when no row points to it any more. 0 or -ENOMEM.
 */
int skw_names_set(struct skw_names *n, uint64_t id, const char *name, struct skw_name **who,
		  char **old);
/* The rows of `who` have their new name. */
void skw_names_told(struct skw_name *who);

/* The next number that has rows and no name. Each comes once until skw_names_ask_again(). */
bool skw_names_unnamed(struct skw_names *n, uint64_t *id);
void skw_names_ask_again(struct skw_names *n);

#endif
