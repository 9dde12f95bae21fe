/* SPDX-License-Identifier: BSD-2-Clause */
/* A subcommand, for main(). Each command has a const descriptor, which main.c lists. */
#ifndef SKW_CMD_COMMAND_H
#define SKW_CMD_COMMAND_H

#include "util/error.h"

struct skw_command {
	const char *name;
	const char *summary; /* one line for the list of commands */
	/*
	 * argv[0] is the name of the command. Returns 0, or -errno with err filled in. The exit
	 * status is 2 if err->usage is set, otherwise 1.
	 */
	int (*run)(int argc, char **argv, struct skw_error *err);
};

extern const struct skw_command skw_cmd_capture;
extern const struct skw_command skw_cmd_top;
extern const struct skw_command skw_cmd_events;
extern const struct skw_command skw_cmd_messages;
extern const struct skw_command skw_cmd_export;
extern const struct skw_command skw_cmd_report;
extern const struct skw_command skw_cmd_check;
extern const struct skw_command skw_cmd_extcap;
extern const struct skw_command skw_cmd_list;
extern const struct skw_command skw_cmd_mark;
extern const struct skw_command skw_cmd_bypass;
extern const struct skw_command skw_cmd_detach;
extern const struct skw_command skw_cmd_policy;
extern const struct skw_command skw_cmd_origdst;
extern const struct skw_command skw_cmd_kill;
extern const struct skw_command skw_cmd_steer;
extern const struct skw_command skw_cmd_adopt;
extern const struct skw_command skw_cmd_relay;

#endif
