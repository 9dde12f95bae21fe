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

struct skw_keeper_commands {
	struct skw_keeper_command *list; /* owned */
	size_t n;
	size_t size;
};

/* See skw_keeper_run_command(). */
int skw_keeper_commands_run(struct skw_keeper_commands *all, const char *const argv[],
			    const struct skw_identity *who);

/*
 * To call after SIGCHLD: collects the commands that have ended, and reports the ones that failed.
 */
void skw_keeper_commands_reap(struct skw_keeper_commands *all);

/* Sends a signal to the process group of each command. */
void skw_keeper_commands_signal(const struct skw_keeper_commands *all, int sig);

#endif
