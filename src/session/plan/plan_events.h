/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of the options for events in a pcapng file. */
#ifndef SKW_SESSION_PLAN_EVENTS_H
#define SKW_SESSION_PLAN_EVENTS_H

#include "session/plan/plan.h"

/*
 * Finds contradictions, and decides which events and rows are recorded. The file's format must be
 * known. Pure. Returns 0, or -EINVAL with err->usage set.
 */
int skw_session_plan_events(struct skw_session_plan *plan, struct skw_error *err);

#endif
