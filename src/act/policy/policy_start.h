/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of a policy, and the messages before it begins. */
#ifndef SKW_ACT_POLICY_START_H
#define SKW_ACT_POLICY_START_H

#include <limits.h>

#include "act/policy/policy.h"
#include "model/policy.h"

/* Reads the rules of a plan. Returns 0, or a usage error. */
int skw_policy_start_rules(const struct skw_policy_plan *plan, struct skw_policy_rules *rules,
			   struct skw_error *err);

/* Says what the rules don't reach: in general, and the sockets of this moment. */
void skw_policy_start_say(const struct skw_policy_rules *rules, const char *cgroup);

/* Prints the rules on standard output, for --dry-run. */
void skw_policy_start_print(const struct skw_policy_rules *rules, const char *cgroup);

#endif
