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

#include "row/taker.h"
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
 * Finds names for the cgroups that the taker's rows refer to and that have none. Returns 0 or
 * -errno.
 */
int skw_watch_names_fill(struct skw_watch_names *n, const struct skw_row_taker *taker);

/* The same, if the taker needs the name of this cgroup before it takes the next row. */
static inline int skw_watch_names_before(struct skw_watch_names *n,
					 const struct skw_row_taker *taker, uint64_t cgroup_id)
{
	bool needs = taker->ops->needs_cgroup && taker->ops->needs_cgroup(taker->ctx, cgroup_id);

	return needs ? skw_watch_names_fill(n, taker) : 0;
}

/* Whether this cgroup belongs to the subtree. Without a subtree every cgroup does. */
bool skw_watch_names_inside(struct skw_watch_names *n, uint64_t cgroup_id);

#endif
