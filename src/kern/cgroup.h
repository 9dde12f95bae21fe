/* SPDX-License-Identifier: BSD-2-Clause */
/* The cgroup v2 hierarchy: where it is mounted, and names for ids. */
#ifndef SKW_KERN_CGROUP_H
#define SKW_KERN_CGROUP_H

#include <limits.h>
#include <stdint.h>

#include "util/error.h"

/*
 * The mount point, from /proc/self/mountinfo; where none is in sight, a mount of our own, which
 * stays as long as the process. 0, -ENOENT with err saying what is missing.
 */
int skw_cgroup_mount(char path[PATH_MAX], struct skw_error *err);

/*
 * A subtree as the user names it: a path in the file system, or one below that mount point, with
 * or without a leading slash. `path` gets the folder's full path. 0, -ENOENT, -ENOTDIR
 * (err->usage).
 */
int skw_cgroup_find(const char *mount, const char *name, char path[PATH_MAX],
		    struct skw_error *err);

/*
 * Every cgroup below `top` (a full path), itself included: its kernfs id and its path below the
 * mount point ("/" for the root). Stops at the first non-zero return of `each` and returns it.
 */
int skw_cgroup_walk(const char *mount, const char *top,
		    int (*each)(void *ctx, uint64_t id, const char *path), void *ctx);

#endif
