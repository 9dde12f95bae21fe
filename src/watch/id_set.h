/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of the kernel's numbers for cgroups or namespaces. A zeroed set is empty. */
#ifndef SKW_WATCH_ID_SET_H
#define SKW_WATCH_ID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct skw_id_set {
	uint64_t *all; /* owned, sorted */
	size_t len, size;
};

bool skw_id_set_has(const struct skw_id_set *set, uint64_t id);
int skw_id_set_add(struct skw_id_set *set, uint64_t id); /* 0 or -ENOMEM */
void skw_id_set_remove(struct skw_id_set *set, uint64_t id);
void skw_id_set_free(struct skw_id_set *set); /* leaves it empty */

#endif
