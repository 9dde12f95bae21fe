/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks up the names of cgroups for rows that have none, and decides which cgroups belong to the
 * watched subtree. An id without a name is looked up only once: a cgroup exists before its sockets,
 * so a later search can't find it either.
 */
#ifndef SKW_WATCH_WATCH_NAMES_H
#define SKW_WATCH_WATCH_NAMES_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "table/table.h"
#include "watch/id_set.h"

struct skw_watch_names {
	char mount[PATH_MAX]; /* the mount point of cgroup v2 */
	char top[PATH_MAX];   /* the folder of the subtree; empty: everything is watched */
	/* The two folders, owned: the process that reads them can't open a path. -1: none. */
	int mount_fd, top_fd;
	struct skw_id_set missing;         /* the ids without a name */
	struct skw_id_set inside, outside; /* the ids known to be inside or outside the subtree */
};

/* Opens the folders that `mount` and `top` name. Returns 0 or -errno. */
int skw_watch_names_open(struct skw_watch_names *n);
void skw_watch_names_free(struct skw_watch_names *n);

/*
 * Finds names for the cgroups that the table's rows refer to and that have none. Returns 0 or
 * -errno.
 */
int skw_watch_names_fill(struct skw_watch_names *n, struct skw_table *table);

/* Whether this cgroup belongs to the subtree. Without a subtree every cgroup does. */
bool skw_watch_names_inside(struct skw_watch_names *n, uint64_t cgroup_id);

#endif
