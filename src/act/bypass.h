/* SPDX-License-Identifier: BSD-2-Clause */
/* `skwatch bypass`: bytes between two sockets of a cgroup on this host go past TCP. */
#ifndef SKW_ACT_BYPASS_H
#define SKW_ACT_BYPASS_H

#include <stdint.h>

#include "act/kind.h"
#include "act/session.h"
#include "util/error.h"

#define SKW_BYPASS_QUEUE_DEFAULT (1ULL << 20)
#define SKW_BYPASS_QUEUE_MAX     (1ULL << 30)

struct skw_bypass_plan {
	const struct skw_act_options *options;
	const char *cgroup; /* as the user names it */
	uint64_t max_queue; /* bytes of a direction that may be unread */
	const char *file;   /* the data that is moved is recorded in it; NULL: it is not */
};

/* Runs until a signal, a limit or an error ends it. Returns 0, or -errno with err filled. */
int skw_bypass_run(const struct skw_bypass_plan *plan, struct skw_error *err);

extern const struct skw_act_kind skw_bypass_kind;

#endif
