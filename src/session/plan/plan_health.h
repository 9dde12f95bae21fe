/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of a capture's plan about captures by health. Only for this room. */
#ifndef SKW_SESSION_PLAN_HEALTH_H
#define SKW_SESSION_PLAN_HEALTH_H

#include "session/plan/plan.h"
#include "util/error.h"

/*
 * With a summary, --where is about its lines, and this does nothing. Otherwise it checks what it is
 * given with, and parses it. It comes before the part about events. 0, -EINVAL with err->usage set,
 * or -ENOMEM.
 */
int skw_session_plan_health(struct skw_session_plan *plan, struct skw_error *err);

#endif
