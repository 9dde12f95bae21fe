// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/unprivileged.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/privileges.h"
#include "util/error.h"
#include "util/say.h"

bool skw_unprivileged_keeps_bpf(int (*probe)(void *ctx), void *ctx)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (skw_privileges_drop(NULL, false, NULL) < 0)
			_exit(0);
		_exit(probe(ctx) == -EPERM);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return false;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
		return false;
	skw_say("this kernel asks for CAP_BPF to read maps: the unprivileged process keeps it");
	return true;
}
