/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for cgroups, looked up when a row has none, and which cgroups a watch of a subtree is
 * about. An id that is not found is not looked for again: a cgroup is older than its sockets.
 */
#ifndef SKW_WATCH_WATCH_NAMES_H
#define SKW_WATCH_WATCH_NAMES_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "table/table.h"
#include "watch/id_set.h"

struct skw_watch_names {
	char mount[PATH_MAX];              /* of cgroup v2 */
	char top[PATH_MAX];                /* the subtree's folder; empty: all */
	struct skw_id_set missing;         /* have no name */
	struct skw_id_set inside, outside; /* of the subtree, as far as it is known */
};

void skw_watch_names_free(struct skw_watch_names *n);

/* Tells the table the names of cgroups that its rows have and it has no name for. 0 or -errno. */
int skw_watch_names_fill(struct skw_watch_names *n, struct skw_table *table);

/* Whether this cgroup belongs to the subtree; always, if there is none. */
bool skw_watch_names_inside(struct skw_watch_names *n, uint64_t cgroup_id);

#endif
