/* SPDX-License-Identifier: BSD-2-Clause */
/* skwatch mark: both ends of a connection tell each other who they are. */
#ifndef SKW_ACT_MARK_H
#define SKW_ACT_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "act/session.h"
#include "util/error.h"

struct skw_act_mark_plan {
	struct skw_act_options options;
	const char *cgroup; /* the user's name for it; NULL is an error */
	uint32_t host;      /* the number of this host; 0: made of /etc/machine-id */
	bool names;         /* tell the names of processes, too */
};

/*
 * Runs until it is ended; with a pin it ends at once, and with a dry run it only tells what it
 * would do. Returns 0, or -errno with err filled.
 */
int skw_act_mark_run(const struct skw_act_mark_plan *plan, struct skw_error *err);

struct skw_act_kind;
extern const struct skw_act_kind skw_act_mark_kind;

#endif
