/* SPDX-License-Identifier: BSD-2-Clause */
/* The cgroup v2 hierarchy: its mount point, and the names of its cgroups by id. */
#ifndef SKW_KERN_HOST_CGROUP_H
#define SKW_KERN_HOST_CGROUP_H

#include <limits.h>
#include <stdint.h>

#include "util/error.h"

/*
 * Finds the mount point in /proc/self/mountinfo. If no mount is visible, the hierarchy is mounted
 * for this process alone, until it ends. Returns 0, or -ENOENT with a text that says what is
 * missing.
 */
int skw_cgroup_mount(char path[PATH_MAX], struct skw_error *err);

/*
 * Finds a cgroup by the user's name for it: a path in the file system, or a path below `mount`,
 * with or without a leading slash. `path` gets the folder's full path. Returns 0, or a usage
 * error.
 */
int skw_cgroup_find(const char *mount, const char *name, char path[PATH_MAX],
		    struct skw_error *err);

/*
 * Calls `each` for the folder `fd`, which stays open, and every cgroup below it, with the cgroup's
 * kernfs id and its path below the mount point ("/" for the root). `path` is that of the folder
 * itself, empty for the root. Stops at the first non-zero return of `each` and returns it.
 */
int skw_cgroup_walk(int fd, const char *path, int (*each)(void *ctx, uint64_t id, const char *path),
		    void *ctx);

/*
 * Finds the path below `mount` of the cgroup with this kernfs id. Returns 0, -ENOENT or another
 * -errno.
 */
int skw_cgroup_by_id(const char *mount, uint64_t id, char path[PATH_MAX]);

#endif
