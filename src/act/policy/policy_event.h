/* SPDX-License-Identifier: BSD-2-Clause */
/* A verdict of the kernel's programs, as an event that is printed. */
#ifndef SKW_ACT_POLICY_EVENT_H
#define SKW_ACT_POLICY_EVENT_H

#include <limits.h>
#include <stddef.h>

#include "act/policy/policy_keeper.h"
#include "act/tell.h"

#define SKW_POLICY_CGROUPS 64

/* Paths of cgroups that were asked for. Zero it, and free it with skw_policy_event_forget(). */
struct skw_policy_names {
	struct {
		uint64_t id;
		char *path; /* owned; NULL: it has none any more */
	} name[SKW_POLICY_CGROUPS];
};

/* Prints a record of the ring. Returns 0, or -errno with err filled. */
int skw_policy_event_tell(const void *record, size_t len, struct skw_policy_names *names,
			  const struct skw_policy_keeper *keeper, struct skw_act_tell *tell,
			  struct skw_error *err);
void skw_policy_event_forget(struct skw_policy_names *names);

#endif
