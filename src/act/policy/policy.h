/* SPDX-License-Identifier: BSD-2-Clause */
/* `skwatch policy`: judges the calls of a cgroup's sockets by rules. */
#ifndef SKW_ACT_POLICY_H
#define SKW_ACT_POLICY_H

#include "act/kind.h"
#include "act/session.h"
#include "util/error.h"

struct skw_policy_plan {
	const struct skw_act_options *options;
	const char *cgroup;       /* as the user names it */
	const char *proxy;        /* the cgroup of the proxy; NULL: none */
	const char *file;         /* the rules; NULL: they are in `rules` */
	const char *const *rules; /* `rules_len` texts */
	size_t rules_len;
	bool watch;         /* read the file again when it changes */
	bool kills;         /* end open connections that a rule would have denied */
	bool learns;        /* print rules that allow what is seen, and deny nothing */
	bool tells_allowed; /* events for calls that a rule allows, too */
	uint64_t rate;      /* events per second */
};

/* Runs until it is ended. Returns 0, or -errno with err filled. */
int skw_policy_run(const struct skw_policy_plan *plan, struct skw_error *err);

extern const struct skw_act_kind skw_policy_kind;

#endif
