/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of owners. Each is kept once, even if all ten thousand connections of a server have it. A
 * set counts its references and goes with the last of them.
 */
#ifndef SKW_ROW_OWNERS_H
#define SKW_ROW_OWNERS_H

#include <stddef.h>

#include "model/row.h"

struct skw_owner_node;

struct skw_owner_sets {
	struct skw_owner_node **buckets; /* owned */
	size_t buckets_len;              /* 0 or a power of two */
	size_t len;
};

void skw_owner_sets_free(struct skw_owner_sets *s); /* also those that are referred to */

/*
 * The set of these processes, which must be sorted by pid, each once. The caller gets a reference.
 * NULL: no memory.
 */
const struct skw_owners *skw_owner_sets_get(struct skw_owner_sets *s, const struct skw_owner *list,
					    uint32_t len);
/* Take a reference, and give one back. NULL allowed. */
const struct skw_owners *skw_owner_sets_ref(const struct skw_owners *set);
void skw_owner_sets_put(struct skw_owner_sets *s, const struct skw_owners *set);

#endif
