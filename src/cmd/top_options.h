/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses the options of `skwatch top` into a request. */
#ifndef SKW_CMD_TOP_OPTIONS_H
#define SKW_CMD_TOP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cmd/words/name_list.h"
#include "cmd/words/read_list.h"
#include "session/top.h"
#include "ui/screen.h"
#include "util/error.h"
#include "view/choice.h"

struct skw_top_request {
	bool help, version;
	/* Print lines instead of drawing a screen: -b, --json or --csv. */
	bool batch, json, csv;
	/* The words that the user typed. */
	struct skw_choice_words words;
	bool listeners;
	bool datagrams, messages, remote_names;
	struct skw_top_plan plan;
	struct skw_read_list read; /* plan.read_files points to it */
	bool has_speed;
	struct skw_choice choice;   /* plan.view points into it */
	struct skw_name_list names; /* for expressions */
	struct skw_settings stored; /* the settings in the file */
	/* its settings are the stored ones, changed by the options */
	struct skw_screen_options screen;
	char host[65];
};

/*
 * Fills in *r from argv and the settings. The strings of *r point into argv and into *r, so *r must
 * not be moved. Returns 0, -EINVAL with err->usage set if the words are wrong, or another -errno.
 */
int skw_top_options_parse(int argc, char **argv, struct skw_top_request *r, struct skw_error *err);
void skw_top_request_free(struct skw_top_request *r);

void skw_top_options_help(FILE *to);

#endif
