/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of a capture's plan about recordings that begin before the trouble. Only for this room.
 */
#ifndef SKW_SESSION_PLAN_FLIGHT_H
#define SKW_SESSION_PLAN_FLIGHT_H

#include "session/plan/plan.h"
#include "util/error.h"

/*
 * Checks the options and fills in what they leave out. It comes after the part about events. 0, or
 * -EINVAL with err->usage set.
 */
int skw_session_plan_flight(struct skw_session_plan *plan, struct skw_error *err);

#endif
