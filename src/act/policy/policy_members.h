/* SPDX-License-Identifier: BSD-2-Clause */
/* The cgroups whose sockets a policy judges, and which of its rules are for each. */
#ifndef SKW_ACT_POLICY_MEMBERS_H
#define SKW_ACT_POLICY_MEMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "model/policy.h"

struct skw_policy_member {
	uint64_t id;
	char *path;     /* owned; below the mount point */
	size_t group;   /* the element of image->group that answers for it */
	unsigned below; /* how many levels it is below the cgroup of that element */
};

/* Zero it, and free it with skw_policy_members_free(). */
struct skw_policy_members {
	struct skw_policy_member *all; /* owned */
	size_t len, size;
};

/*
 * Adds a cgroup. The cgroups of the policy that are above it were added before. The paths
 * are those of skw_cgroup_walk(). Returns 0 or -ENOMEM. For tests.
 */
int skw_policy_members_add(struct skw_policy_members *m, const struct skw_policy_image *image,
			   uint64_t id, const char *path);
/*
 * Adds the cgroup at `folder` in the file system, which has this path below the mount point, and
 * those below it. Nothing can be added after it. Returns 0 or -errno.
 */
int skw_policy_members_find(struct skw_policy_members *m, const struct skw_policy_image *image,
			    const char *folder, const char *path);
/* Sorts them by id, for skw_policy_members_get(). For tests: skw_policy_members_find() does it. */
void skw_policy_members_sort(struct skw_policy_members *m);
/* NULL: it is none of them. Valid until they are freed. */
const struct skw_policy_member *skw_policy_members_get(const struct skw_policy_members *m,
						       uint64_t id);
void skw_policy_members_free(struct skw_policy_members *m);

#endif
