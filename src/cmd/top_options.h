/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `skwatch top`: from words to what is to be shown. */
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
	struct skw_batch_plan batch;      /* its watch and iterations are the screen's as well */
	struct skw_choice choice;         /* batch.view points here */
	struct skw_settings stored;       /* as they are kept from run to run */
	struct skw_screen_options screen; /* its settings are those, and what options say */
	char host[65];
};

/*
 * Fills in *r from argv and the settings. Its strings point into argv and into r, which must
 * not move. -EINVAL with a usage error for wrong words.
 */
int skw_top_options_parse(int argc, char **argv, struct skw_top_request *r, struct skw_error *err);
void skw_top_request_free(struct skw_top_request *r);

void skw_top_options_help(FILE *to);

#endif
