/* SPDX-License-Identifier: BSD-2-Clause */
/* The session of `skwatch events`, which prints events of connections on standard output. */
#ifndef SKW_SESSION_EVENTS_H
#define SKW_SESSION_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "expr/expr.h"
#include "post/plan.h"
#include "row/event_types.h"
#include "util/error.h"

/* The strings are borrowed. */
struct skw_events_plan {
	struct skw_event_types types;
	const char *where;                  /* an expression; NULL: all events */
	const struct skw_expr_names *names; /* for the expression */
	/* The files of -r in their order. None: events of this host, as they happen. */
	const char *const *read_files;
	size_t read_files_len;
	const char *netns; /* see struct skw_watch_plan */
	const char *cgroup;
	const char *host; /* its name, for JSON */
	uint64_t count;   /* 0: no limit */
	uint64_t duration_ns;
	uint64_t ring_bytes;
	bool json;
	const struct skw_post_plan *send; /* where the lines go */
	bool with_names;                  /* of remote ends, as this host has asked for them */
	bool no_sandbox;
};

/* Returns 0 or -errno. If the expression is wrong, returns -EINVAL with err->usage set. */
int skw_session_events(const struct skw_events_plan *plan, struct skw_error *err);

#endif
