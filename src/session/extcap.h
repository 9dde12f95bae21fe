/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers the questions of Wireshark to a program for capturing, on standard output. */
#ifndef SKW_SESSION_EXTCAP_H
#define SKW_SESSION_EXTCAP_H

#include "session/plan.h"
#include "util/error.h"

/* Each function returns 0 or -errno with err filled. `interface` is a name of the list. */

int skw_session_extcap_interfaces(const char *version, struct skw_error *err);
int skw_session_extcap_link_types(const char *interface, struct skw_error *err);

/* Prints nothing if the filter of the plan can be compiled, otherwise the reason. */
int skw_session_extcap_filter(const char *interface, struct skw_session_plan *plan,
			      struct skw_error *err);

/*
 * Captures into the pipe `fifo` until its reader goes away or a signal comes. Only failures are
 * told, as Wireshark shows a window with all that is said. The plan has the filter, the snapshot
 * length and what else was chosen; this fills in the rest.
 */
int skw_session_extcap_capture(const char *interface, const char *fifo,
			       struct skw_session_plan *plan, struct skw_error *err);

#endif
