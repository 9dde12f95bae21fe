/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of commands that send lines to a receiver (--to). */
#ifndef SKW_CMD_TO_OPTIONS_H
#define SKW_CMD_TO_OPTIONS_H

#include "cmd/options.h"
#include "post/plan.h"

#define SKW_TO_OPTIONS_HEADERS 64

/* The values of the table. The request of a command begins with it. */
struct skw_to_options {
	struct skw_post_plan plan;
	const char *headers[SKW_TO_OPTIONS_HEADERS]; /* as they were given */
	size_t headers_len;
};

extern const struct skw_option_table skw_to_options_all;

/*
 * Checks the values and completes the plan; opens nothing but files with headers. Returns 0, or
 * -errno with err filled. The caller frees the values in any case.
 */
int skw_to_options_finish(struct skw_to_options *o, struct skw_error *err);
void skw_to_options_free(struct skw_to_options *o);

#endif
