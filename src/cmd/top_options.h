/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `skwatch top`: turns words into a request. */
#ifndef SKW_CMD_TOP_OPTIONS_H
#define SKW_CMD_TOP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sink/rows.h"
#include "ui/screen.h"
#include "util/error.h"

struct skw_top_request {
	bool help, version;
	bool is_batch;
	/* The screen uses its watch plan and its number of iterations too. */
	struct skw_batch_plan batch;
	struct skw_choice choice;         /* batch.view points here */
	struct skw_settings stored;       /* the settings as they are saved */
	struct skw_screen_options screen; /* its settings are `stored` changed by the options */
	char host[65];
};

/*
 * Fills in *r from argv and the settings. The strings of *r point into argv and into *r, so *r must
 * not be moved. Wrong words are a usage error (-EINVAL).
 */
int skw_top_options_parse(int argc, char **argv, struct skw_top_request *r, struct skw_error *err);
void skw_top_request_free(struct skw_top_request *r);

void skw_top_options_help(FILE *to);

#endif
