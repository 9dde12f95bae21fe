/* SPDX-License-Identifier: BSD-2-Clause */
/* The closing figures of `skwatch messages`. */
#ifndef SKW_SESSION_MESSAGES_REPORT_H
#define SKW_SESSION_MESSAGES_REPORT_H

#include "sink/message_lines.h"

/* Says the figures on standard error. */
void skw_messages_report(struct skw_message_lines *lines);

#endif
