/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the sockets that a policy of a cgroup does not reach: see struct skw_policy_escapes. */
#ifndef SKW_KERN_ACT_ESCAPES_H
#define SKW_KERN_ACT_ESCAPES_H

#include "abi/policy.h"
#include "util/error.h"

/* Looks at all open files of the host once. Returns 0, or -errno with err filled. */
int skw_escapes_find(const char *cgroup, struct skw_policy_escapes *out, struct skw_error *err);

#endif
