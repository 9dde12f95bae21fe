/* SPDX-License-Identifier: BSD-2-Clause */
/* `skwatch messages` on packets of this host. Internal to this room. */
#ifndef SKW_SESSION_MESSAGES_LIVE_H
#define SKW_SESSION_MESSAGES_LIVE_H

#include "session/messages/messages.h"

/* `lines` has been set up. Returns 0 or -errno. */
int skw_messages_live(const struct skw_messages_plan *plan, struct skw_message_lines *lines,
		      struct skw_error *err);

#endif
