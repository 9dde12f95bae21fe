/* SPDX-License-Identifier: BSD-2-Clause */
/* What main() knows of a subcommand: one const descriptor each, listed in main.c. */
#ifndef SKW_CMD_COMMAND_H
#define SKW_CMD_COMMAND_H

#include "util/error.h"

struct skw_command {
	const char *name;
	const char *summary; /* one line for the list of commands */
	/*
	 * argv[0] is the command's name. Returns 0 or -errno with err filled; err->usage
	 * decides between exit status 2 and 1.
	 */
	int (*run)(int argc, char **argv, struct skw_error *err);
};

extern const struct skw_command skw_cmd_capture;
extern const struct skw_command skw_cmd_top;
extern const struct skw_command skw_cmd_events;

#endif
