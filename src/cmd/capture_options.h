/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses the options of `skwatch capture` into a plan. */
#ifndef SKW_CMD_CAPTURE_OPTIONS_H
#define SKW_CMD_CAPTURE_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "cmd/words/name_list.h"
#include "cmd/options.h"
#include "cmd/words/read_list.h"
#include "session/plan/plan.h"

struct skw_capture_request {
	struct skw_session_plan plan;
	bool help, version;
	bool list_interfaces;       /* -D */
	bool list_time_stamp_types; /* -J */
	const char *filter_file;    /* -F; NULL: the words on the command line are the filter */
	char *filter_text;          /* owned; plan.capture.filter points to it */
	struct skw_read_list read;  /* plan.read_files points to it */
	struct skw_name_list names; /* owned; of users and services, for expressions */
	const char *list_file;      /* -V; NULL: the files of -r, if any, are read */
};

/*
 * Fills in *r from argv. Its strings point into argv and into r, which must not move. Reads the
 * files of -F and -V, and no other file. Returns 0, -EINVAL with err->usage set if the words are
 * wrong, or another -errno.
 */
int skw_capture_options_parse(int argc, char **argv, struct skw_capture_request *r,
			      struct skw_error *err);
void skw_capture_request_free(struct skw_capture_request *r);

void skw_capture_options_help(FILE *to);

/* The options for packets, printing, the summary, secrets, owners of packets, and tcpdump's. */
extern const struct skw_option_table skw_capture_options_packets;
extern const struct skw_option_table skw_capture_options_printing;
extern const struct skw_option_table skw_capture_options_summary;
extern const struct skw_option_table skw_capture_options_secrets;
extern const struct skw_option_table skw_capture_options_joined;
extern const struct skw_option_table skw_capture_options_events;
extern const struct skw_option_table skw_capture_options_flight;
extern const struct skw_option_table skw_capture_options_tcpdump;
/* The options that choose packets by their owner or connection. */
extern const struct skw_option_table skw_capture_options_owner;

/*
 * For `-- COMMAND`. The first returns the place of the first "--", or argc, before the options are
 * parsed: the parser moves words, but none of those behind it. The second takes the command off the
 * words if the parser stopped there, too; `first` is the first word that is no option. Returns 0,
 * or -EINVAL with err->usage set.
 */
int skw_capture_options_end(int argc, char *const *argv);
int skw_capture_options_command(int *argc, char **argv, int first, int end, char *const **command,
				struct skw_error *err);

/*
 * Parses the words of the options for the summary, which are checked only if there is one. 0,
 * -EINVAL with err->usage set, or -ENOMEM.
 */
int skw_capture_options_take_summary(struct skw_capture_request *r, struct skw_error *err);
/* The fields that they can name. */
void skw_capture_options_help_summary(FILE *to);

#endif
