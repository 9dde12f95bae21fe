/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `skwatch messages`. Internal to this room. */
#ifndef SKW_CMD_MESSAGES_OPTIONS_H
#define SKW_CMD_MESSAGES_OPTIONS_H

#include "cmd/options.h"
#include "cmd/to_options.h"
#include "cmd/words/read_list.h"
#include "session/messages/messages.h"

struct skw_messages_request {
	struct skw_to_options to; /* the first member */
	struct skw_messages_plan plan;
	struct skw_read_list read;   /* plan.read_files points to it */
	char *filter;                /* owned */
	bool batch, no_color, ascii; /* of the live table */
	bool help, version;
};

#define SKW_MESSAGES_OPTIONS_TABLES 2
void skw_messages_options_list(struct skw_option_table out[SKW_MESSAGES_OPTIONS_TABLES]);

#endif
