/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a command while a capture runs. As a source of the loop it has no records: it starts the
 * command when the capture has begun, and ends the session when the command has ended and its last
 * packets are there.
 */
#ifndef SKW_RUN_RUN_H
#define SKW_RUN_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "loop/source.h"
#include "util/error.h"

struct skw_run;

struct skw_run_options {
	char *const *argv; /* NULL-terminated; it must stay */
	/* The number of the command's connections that have not ended yet. */
	uint64_t (*open_connections)(void *ctx);
	void *ctx;
};

/*
 * Makes the cgroup and the processes; the command waits. To be called before all that opens
 * descriptors. The caller frees *out. Returns 0, or -errno with err filled; err->usage is set if
 * there is no such command.
 */
int skw_run_new(const struct skw_run_options *opt, struct skw_run **out, struct skw_error *err);
/*
 * Waits for the command if it was started, and until its cgroup is removed. NULL is allowed.
 * Returns the exit status of the command as a shell has it, 0 if it never ran.
 */
int skw_run_finish(struct skw_run *run);

/* The descriptor of the cgroup's folder. The run owns it. */
const int *skw_run_group_fd(const struct skw_run *run);

/* To be the last of the loop's sources. */
struct skw_source skw_run_source(struct skw_run *run);

/*
 * For the loop: a signal that would end the session has come, from the kernel (the terminal sends
 * it to the command as well) or from a process. The first one goes to the command. Returns whether
 * the session goes on.
 */
bool skw_run_takes_signal(struct skw_run *run, int signo, bool from_kernel);

#endif
