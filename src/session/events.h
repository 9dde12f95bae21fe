/* SPDX-License-Identifier: BSD-2-Clause */
/* The session of `skwatch events`: events of connections on standard output. */
#ifndef SKW_SESSION_EVENTS_H
#define SKW_SESSION_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "row/event_types.h"
#include "util/error.h"

/* Strings are lent. */
struct skw_events_plan {
	struct skw_event_types types;
	const char *where; /* an expression; NULL: all */
	const char *netns; /* as in struct skw_watch_plan */
	const char *cgroup;
	uint64_t count; /* 0: without end */
	uint64_t duration_ns;
	uint64_t ring_bytes;
	bool json;
};

/* 0 or -errno; -EINVAL with err->usage when the expression is wrong. */
int skw_session_events(const struct skw_events_plan *plan, struct skw_error *err);

#endif
