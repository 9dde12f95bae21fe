/* SPDX-License-Identifier: BSD-2-Clause */
/* Connects the session of messages to its screen. */
#ifndef SKW_CMD_LIVE_LIVE_H
#define SKW_CMD_LIVE_LIVE_H

#include <stdbool.h>

#include "session/messages/messages.h"

/* Whether a live table has its screen: standard input and output are a terminal. */
bool skw_live_has_screen(void);
/*
 * Runs the session of the plan, whose `screen` it sets. The names must not open files later. 0 or
 * -errno.
 */
int skw_live_run(struct skw_messages_plan *plan, bool no_color, bool ascii, struct skw_error *err);

#endif
