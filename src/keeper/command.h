/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands that the keeper runs for its worker, from start to reaping.
 */
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

/* As skw_keeper_run_command(). */
int skw_keeper_commands_run(struct skw_keeper_commands *all, const char *const argv[],
			    const struct skw_identity *who);

/* After SIGCHLD: collects those that have ended, and says which of them failed. */
void skw_keeper_commands_reap(struct skw_keeper_commands *all);

/* Sends a signal to the process group of each. */
void skw_keeper_commands_signal(const struct skw_keeper_commands *all, int sig);

#endif
