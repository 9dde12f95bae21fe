/* SPDX-License-Identifier: BSD-2-Clause */
/* What the sessions of `skwatch messages` have in common. Internal to this room. */
#ifndef SKW_SESSION_MESSAGES_PARTS_H
#define SKW_SESSION_MESSAGES_PARTS_H

#include "session/messages.h"

/* Packets of this host. `lines` has been set up. Returns 0 or -errno. */
int skw_messages_parts_live(const struct skw_messages_plan *plan, struct skw_message_lines *lines,
			    struct skw_error *err);

/* Says the figures on standard error. */
void skw_messages_parts_report(struct skw_message_lines *lines);

#endif
