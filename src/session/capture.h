/* SPDX-License-Identifier: BSD-2-Clause */
/* The sessions of `skwatch capture`, each from its plan to the closing figures. */
#ifndef SKW_SESSION_CAPTURE_H
#define SKW_SESSION_CAPTURE_H

#include "session/plan/plan.h"
#include "util/error.h"

/*
 * Each function returns 0 or -errno with err filled. All but the first three only print something
 * on standard output.
 */

/* The packets come from the kernel or from plan->read_files. */
int skw_session_capture_live(const struct skw_session_plan *plan, struct skw_error *err);
int skw_session_capture_file(const struct skw_session_plan *plan, struct skw_error *err);

/*
 * Replaces each number in the plan's list of interfaces by the name of the interface that has this
 * number in the list of -D, unless an interface has the number as its name.
 */
int skw_session_capture_numbers(struct skw_session_plan *plan, struct skw_error *err);

/* These are for -J, -D, for -L, and for -d and its variants without -r. */
int skw_session_capture_time_stamp_types(const struct skw_session_plan *plan,
					 struct skw_error *err);
int skw_session_capture_interfaces(struct skw_error *err);
int skw_session_capture_link_types(const struct skw_session_plan *plan, struct skw_error *err);
int skw_session_capture_filter(const struct skw_session_plan *plan, struct skw_error *err);

#endif
