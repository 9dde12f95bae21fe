// SPDX-License-Identifier: BSD-2-Clause
/* The options for what joins packets with the processes and connections of this host. */
#include "cmd/capture_options.h"

#include <stddef.h>

#include "util/cleanup.h"

#define AT(field) offsetof(struct skw_capture_request, field)

/* The order is that of enum skw_owner_comments, from ALL on. */
static const char *const comments[] = { "all", "first", "none", NULL };

static const struct skw_option options[] = {
	{ .name = "owner",
	  .help = "print each packet's process, also if no terminal reads the lines",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.owner) },
	{ .name = "no-owner",
	  .help = "do not look for processes",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.no_owner) },
	{ .name = "owner-comments",
	  .arg = "WHICH",
	  .help = "packets whose process is a comment in a pcapng file: all, the first of each "
		  "connection, or none",
	  .kind = SKW_OPT_CHOICE,
	  .words = comments,
	  .offset = AT(plan.file.owner_comments),
	  .min = SKW_OWNER_COMMENTS_ALL },
};

const struct skw_option_table skw_capture_options_joined = { options, SKW_ARRAY_SIZE(options) };
