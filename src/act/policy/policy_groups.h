/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules for some of the cgroups below that of a policy. */
#ifndef SKW_ACT_POLICY_GROUPS_H
#define SKW_ACT_POLICY_GROUPS_H

#include "model/policy.h"
#include "util/error.h"

/*
 * Finds the cgroups below the one at `path` that the rules name, and adds them to the image. Does
 * nothing if no rule names one. Returns 0, -errno, or a usage error if there is no such cgroup.
 */
int skw_policy_groups_find(const struct skw_policy_rules *rules, const char *path,
			   struct skw_policy_image *image, struct skw_error *err);

/*
 * Whether a rule is for the cgroup with this path below that of the policy ("a/b"): its pattern
 * matches the path, or that of a cgroup above it. *itself: the path. For tests.
 */
bool skw_policy_groups_match(const struct skw_policy_rule *rule, const char *path, bool *itself);

#endif
