/* SPDX-License-Identifier: BSD-2-Clause */
/* The keeper runs commands for its worker. It starts them and collects their exit status. */
#ifndef SKW_KEEPER_COMMAND_H
#define SKW_KEEPER_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct skw_identity;

struct skw_keeper_command {
	pid_t pid;
	char *what; /* owned: the command line, for messages */
};

/* The most that run at once. */
#define SKW_KEEPER_COMMANDS_MAX 8

struct skw_keeper_waiting; /* a command that waits for its turn */

struct skw_keeper_commands {
	struct skw_keeper_command running[SKW_KEEPER_COMMANDS_MAX];
	size_t n;
	struct skw_keeper_waiting *first, *last; /* owned */
	size_t failed;                           /* also those that could not start */
};

/* Whether a command runs or waits. */
bool skw_keeper_commands_left(const struct skw_keeper_commands *all);

/* See skw_keeper_run_command(). `who` must stay. */
int skw_keeper_commands_run(struct skw_keeper_commands *all, const char *const argv[],
			    const char *const env[], const struct skw_identity *who);

/*
 * To call after SIGCHLD: collects the commands that have ended, reports the ones that failed, and
 * starts those that wait.
 */
void skw_keeper_commands_reap(struct skw_keeper_commands *all);

/* Reports the number of commands that failed, if there are any. */
void skw_keeper_commands_say(const struct skw_keeper_commands *all);

/* Sends a signal to the process group of each command, and gives up those that wait. */
void skw_keeper_commands_signal(struct skw_keeper_commands *all, int sig);

#endif
