/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `skwatch capture`: turns words into a plan. */
#ifndef SKW_CMD_CAPTURE_OPTIONS_H
#define SKW_CMD_CAPTURE_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "session/plan.h"
#include "util/error.h"

struct skw_capture_request {
	struct skw_capture_plan plan;
	bool help, version;
	bool list_interfaces; /* -D */
	char *filter_text;    /* owned; plan.filter points here */
};

/*
 * Fills in *r from argv. The strings of *r point into argv and into *r, so *r must not be moved.
 * Wrong words are a usage error (-EINVAL). Reads no file except that of -F.
 */
int skw_capture_options_parse(int argc, char **argv, struct skw_capture_request *r,
			      struct skw_error *err);
void skw_capture_request_free(struct skw_capture_request *r);

void skw_capture_options_help(FILE *to);

#endif
