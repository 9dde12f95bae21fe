/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers the questions of Wireshark to a program for capturing, on standard output. */
#ifndef SKW_SESSION_EXTCAP_H
#define SKW_SESSION_EXTCAP_H

#include <stdbool.h>

#include "session/plan/plan.h"
#include "util/error.h"

/* Each function returns 0 or -errno with err filled. `interface` is a name of the list. */

int skw_session_extcap_interfaces(const char *version, struct skw_error *err);
int skw_session_extcap_link_types(const char *interface, struct skw_error *err);

/* Prints the processes that have sockets, as values of the setting with this number. */
int skw_session_extcap_processes(unsigned setting, struct skw_error *err);
/* Whether the settings that choose processes are those of this interface. */
bool skw_session_extcap_is_by_owner(const char *interface);

/* Prints nothing if the filter of the plan can be compiled, otherwise the reason. */
int skw_session_extcap_filter(const char *interface, struct skw_session_plan *plan,
			      struct skw_error *err);

/*
 * Wireshark waits for its pipe to be opened, also when the program fails before that, such as
 * because of a wrong filter. So it is opened and closed. Nothing is done if that is not possible.
 */
void skw_session_extcap_release(const char *fifo);

/*
 * Captures into the pipe `fifo` until its reader goes away or a signal comes. Only failures are
 * told, as Wireshark shows a window with all that is said. The plan has the filter, the snapshot
 * length and what else was chosen; this fills in the rest.
 */
int skw_session_extcap_capture(const char *interface, const char *fifo,
			       struct skw_session_plan *plan, struct skw_error *err);

#endif
