/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of owners, each kept once however many rows have it: a server's ten thousand connections
 * share one. Sets are counted by their references and go with the last.
 */
#ifndef SKW_TABLE_OWNERS_H
#define SKW_TABLE_OWNERS_H

#include <stddef.h>

#include "model/row.h"

struct skw_owner_node;

struct skw_owner_sets {
	struct skw_owner_node **buckets; /* owned */
	size_t buckets_len;              /* 0 or a power of two */
	size_t len;
};

void skw_owner_sets_free(struct skw_owner_sets *s); /* whatever refers to them */

/*
 * The set with these processes, sorted by pid, each once; with a
 * reference for the caller. NULL: no memory.
 */
const struct skw_owners *skw_owner_sets_get(struct skw_owner_sets *s, const struct skw_owner *list,
					    uint32_t len);
/* Another reference, and one less. NULL allowed. */
const struct skw_owners *skw_owner_sets_ref(const struct skw_owners *set);
void skw_owner_sets_put(struct skw_owner_sets *s, const struct skw_owners *set);

#endif
