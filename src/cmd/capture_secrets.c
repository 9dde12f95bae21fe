// SPDX-License-Identifier: BSD-2-Clause
/* The options for secrets, with which packets can be decrypted. */
#include "cmd/capture_options.h"

#include <stddef.h>

#include "util/cleanup.h"

#define AT(field) offsetof(struct skw_capture_request, field)

static const struct skw_option options[] = {
	{ .name = "keylog",
	  .arg = "FILE",
	  .help = "put the secrets of FILE, a TLS key log, into the pcapng file of -w as they come",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.keylog) },
};

const struct skw_option_table skw_capture_options_secrets = { options, SKW_ARRAY_SIZE(options) };
