/* SPDX-License-Identifier: BSD-2-Clause */
/* The session of `skwatch export`, which serves figures to Prometheus. */
#ifndef SKW_SESSION_FLEET_EXPORT_H
#define SKW_SESSION_FLEET_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/zones.h"
#include "model/watch_plan.h"
#include "util/error.h"

/* The strings are borrowed. */
struct skw_export_plan {
	/* The caller sets netns, cgroup and interval_ns. */
	struct skw_watch_plan watch;
	unsigned labels; /* enum skw_label */
	struct skw_zones zones;
	uint32_t max_sets;
	const char *listen;   /* see serve/listen.h; NULL: no HTTP */
	const char *textfile; /* NULL: none */
	const char *version;
	bool udp, messages;
	uint64_t duration_ns;
};

/* Fills in the rest of plan->watch. Returns 0 or -errno. */
int skw_session_export(struct skw_export_plan *plan, struct skw_error *err);

#endif
