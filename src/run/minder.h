/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The minder: a process between skwatch and its command. It starts the command in its cgroup when
 * it is told to, passes signals on, tells how the command has ended, and removes the cgroup, also
 * after all other processes of skwatch were killed. It keeps the privileges of the user, as the
 * worker can neither signal the command nor remove a cgroup, and it takes two kinds of message from
 * the worker.
 */
#ifndef SKW_RUN_MINDER_H
#define SKW_RUN_MINDER_H

#include <stdint.h>
#include <sys/types.h>

#include "run/group.h"
#include "util/error.h"

enum skw_minder_kind {
	SKW_MINDER_GO,     /* to the minder, once: start the command */
	SKW_MINDER_SIGNAL, /* to the minder: pass this signal on */
	SKW_MINDER_READY,  /* from the minder, first: 0, or -errno, and then it has ended */
	SKW_MINDER_FAILED, /* from the minder: the command could not be started, -errno */
	SKW_MINDER_ENDED,  /* from the minder: the command's status, as waitpid() has it */
};

struct skw_minder_message {
	uint32_t kind;
	int32_t value;
};

/*
 * Forks the minder, and the command, which waits. Must be called before a descriptor is open that
 * neither of them may have, and waits until the command does. Returns a socket for messages, which
 * the caller owns, or -errno with err filled. The minder ends, and removes the cgroup, when the
 * socket was closed and the command, if it was started, has ended.
 */
int skw_minder_start(const struct skw_run_group *group, char *const argv[], pid_t *pid,
		     struct skw_error *err);

#endif
