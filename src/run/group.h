/* SPDX-License-Identifier: BSD-2-Clause */
/* The cgroup of a command: below the cgroup of this process, with a name of its own. */
#ifndef SKW_RUN_GROUP_H
#define SKW_RUN_GROUP_H

#include "util/error.h"

#define SKW_RUN_GROUP_NAME 32

struct skw_run_group {
	int parent_fd; /* owned; -1: there is no cgroup */
	int fd;        /* owned: the cgroup's folder */
	char name[SKW_RUN_GROUP_NAME];
};

#define SKW_RUN_GROUP_INIT                                                                         \
	{                                                                                          \
		.parent_fd = -1, .fd = -1                                                          \
	}

/*
 * Makes the cgroup, and removes cgroups that an earlier skwatch has left because it was killed.
 * Returns 0, or -errno with err filled.
 */
int skw_run_group_make(struct skw_run_group *group, struct skw_error *err);

/*
 * Moves all processes that are left up to the parent and removes the cgroup, with those below it.
 * Returns 0 or -errno.
 */
int skw_run_group_remove(const struct skw_run_group *group);

/* Closes the descriptors, and leaves the cgroup. */
void skw_run_group_close(struct skw_run_group *group);

#endif
