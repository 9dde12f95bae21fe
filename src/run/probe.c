// SPDX-License-Identifier: BSD-2-Clause
#include "run/probe.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/group.h"
#include "run/minder.h"

static int try(struct skw_error *err)
{
	char name[] = "true";
	char *const argv[] = { name, NULL };
	struct skw_run_group group = SKW_RUN_GROUP_INIT;
	pid_t pid = 0;
	int ret = skw_run_group_make(&group, err);

	if (ret)
		return ret;
	ret = skw_minder_start(&group, argv, &pid, err);
	/* The minder ends without a start, and removes the cgroup. */
	if (ret >= 0) {
		close(ret);
		ret = 0;
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	} else {
		skw_run_group_remove(&group);
	}
	skw_run_group_close(&group);
	return ret;
}

void skw_run_probe(struct skw_check *check)
{
	/* No other part of a capture needs it. */
	struct skw_check_line line = { .section = "packets",
				       .name = "command in its own cgroup",
				       .commands = SKW_CHECK_CAPTURE,
				       .extra = true };
	struct skw_error err = { 0 };
	int ret = try(&err);

	if (ret) {
		line.state = SKW_CHECK_MISSING;
		line.help = ret == -EACCES || ret == -EPERM
				    ? "run it as root, or where this user may make cgroups"
				    : "a cgroup v2 hierarchy that can be written";
	}
	skw_report_add(check, &line, "%s%s", ret ? "-- COMMAND does not work: " : "",
		       ret ? err.text : "");
}
