/* SPDX-License-Identifier: BSD-2-Clause */
/* A live capture, from the plan to the closing figures. */
#ifndef SKW_CAPTURE_CAPTURE_H
#define SKW_CAPTURE_CAPTURE_H

#include "session/plan.h"
#include "util/error.h"

/* Runs until a signal, -c, --duration or an error ends it. 0 or -errno with err filled. */
int skw_live_run(const struct skw_capture_plan *plan, struct skw_error *err);

#endif
