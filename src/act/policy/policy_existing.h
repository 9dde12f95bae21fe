/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends the connections that are open and that rules would have denied, once, in all namespaces. */
#ifndef SKW_ACT_POLICY_EXISTING_H
#define SKW_ACT_POLICY_EXISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "act/policy/policy_existing_find.h"
#include "act/tell.h"
#include "util/error.h"

/* The caller sets the first members. Free it with skw_policy_existing_free(). */
struct skw_policy_existing {
	const struct skw_policy_image *image; /* not used after skw_policy_existing_end() */
	const char *cgroup;                   /* its path in the file system */
	const char *mount;                    /* of the cgroups */
	bool dry_run;                         /* only find them */

	struct skw_policy_members members;
	struct skw_policy_open_list ended;
	size_t before; /* the number of those that earlier passes have ended */
	uint64_t accepted, proxied, closing; /* left, see struct skw_policy_found */
	uint64_t failed;                     /* could not be ended */
	uint64_t unseen;                     /* namespaces that could not be looked into */
	int failed_error, unseen_error;      /* the first ones */
};

/* Checks that this can be done. Returns 0, or -errno with err filled. */
int skw_policy_existing_check(struct skw_error *err);

/*
 * Ends them. The programs must judge already. It needs CAP_NET_ADMIN, and CAP_SYS_ADMIN and
 * CAP_SYS_PTRACE for the namespaces of others. Faults are counted, or said.
 */
void skw_policy_existing_end(struct skw_policy_existing *e);

/* Says how many were ended, and left. */
void skw_policy_existing_say(const struct skw_policy_existing *e);
/* Prints what would be ended on standard output, for --dry-run. */
void skw_policy_existing_print(const struct skw_policy_existing *e);
/* Prints an event for each that was ended. Returns 0, or -errno with err filled. */
int skw_policy_existing_tell(const struct skw_policy_existing *e, struct skw_act_tell *tell,
			     struct skw_error *err);
void skw_policy_existing_free(struct skw_policy_existing *e);

#endif
