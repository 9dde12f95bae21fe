/* SPDX-License-Identifier: BSD-2-Clause */
/* What a capture can tell without capturing: -D, -L, and the -d family. On standard output. */
#ifndef SKW_SESSION_SHOW_H
#define SKW_SESSION_SHOW_H

#include "session/plan.h"
#include "util/error.h"

int skw_show_interfaces(struct skw_error *err);

/* Of the plan's interface, or of one that is as good as any. */
int skw_show_link_types(const struct skw_capture_plan *plan, struct skw_error *err);

/*
 * plan->dump of the filter for the plan's interface or file; for Ethernet without
 * metadata where privileges for a live handle are missing.
 */
int skw_show_filter(const struct skw_capture_plan *plan, struct skw_error *err);

#endif
