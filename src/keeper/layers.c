// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/layers.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keeper/privileges.h"
#include "util/cleanup.h"
#include "util/report.h"

/* From this version on Landlock also keeps signals and abstract Unix sockets inside. */
#define LANDLOCK_SCOPES 6

/* All of them are extra: the commands do the same without them, with less to stop an attacker. */
static struct skw_check_line layer(const char *name, enum skw_check_state state, const char *help)
{
	return (struct skw_check_line){ .section = "sandbox",
					.name = name,
					.state = state,
					.commands = SKW_CHECK_ALL,
					.extra = true,
					.help = state == SKW_CHECK_OK ? NULL : help };
}

/* Returns the number in a file, or -1. */
static int read_number(const char *path)
{
	SKW_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32], *end;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return -1;
	text[n] = '\0';
	long number = strtol(text, &end, 10);
	return end != text && number >= 0 ? (int)number : -1;
}

static void probe_user(struct skw_check *check)
{
	capng_clear(CAPNG_SELECT_ALL);
	bool root = capng_get_caps_process() == 0 &&
		    capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) == 1 &&
		    capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID) == 1;
	struct skw_identity who;
	struct skw_check_line line =
		layer("another user", root ? SKW_CHECK_OK : SKW_CHECK_LIMITED, "start it as root");

	skw_identity_default(&who);
	skw_report_add(check, &line, "%s",
		       root ? who.name
			    : "the process that reads packets stays the same user, as only root "
			      "can become another");
}

static void probe_no_new_privs(struct skw_check *check)
{
	int ret = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	struct skw_check_line line = layer(
		"no new privileges", ret < 0 ? SKW_CHECK_MISSING : SKW_CHECK_OK, "another kernel");

	skw_report_add(check, &line, "%s", ret < 0 ? strerror(errno) : "");
}

static void probe_seccomp(struct skw_check *check)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;
	long ret = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
	struct skw_check_line line = layer("seccomp", ret < 0 ? SKW_CHECK_MISSING : SKW_CHECK_OK,
					   "a kernel with CONFIG_SECCOMP_FILTER");

	skw_report_add(check, &line, "%s", ret < 0 ? strerror(errno) : "");
}

static void probe_landlock(struct skw_check *check)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int error = abi < 0 ? errno : 0;
	struct skw_check_line line = layer("Landlock",
					   abi < 0                 ? SKW_CHECK_MISSING
					   : abi < LANDLOCK_SCOPES ? SKW_CHECK_LIMITED
								   : SKW_CHECK_OK,
					   error == EOPNOTSUPP ? "add landlock to lsm= of the "
								 "kernel's command line"
					   : error             ? "a kernel with CONFIG_SECURITY_"
								 "LANDLOCK (5.13)"
							       : "Linux 6.12 or later");

	if (error)
		skw_report_add(check, &line, "%s",
			       error == EOPNOTSUPP ? "it was turned off at boot" : strerror(error));
	else
		skw_report_add(check, &line, "version %ld%s", abi,
			       abi < LANDLOCK_SCOPES ? ": it stops no signals" : "");
}

static void probe_ptrace(struct skw_check *check)
{
	int scope = read_number("/proc/sys/kernel/yama/ptrace_scope");
	struct skw_check_line line =
		layer("tracing of others (Yama)", scope > 0 ? SKW_CHECK_OK : SKW_CHECK_LIMITED,
		      scope < 0 ? "a kernel with CONFIG_SECURITY_YAMA"
				: "sysctl kernel.yama.ptrace_scope=1");

	skw_report_add(check, &line, "%s",
		       scope > 0    ? ""
		       : scope == 0 ? "ptrace_scope is 0: a user's processes may trace each other"
				    : "not in this kernel; our processes forbid it for themselves");
}

static void probe_unprivileged_bpf(struct skw_check *check)
{
	int off = read_number("/proc/sys/kernel/unprivileged_bpf_disabled");
	struct skw_check_line line = layer("BPF for privileged users only",
					   off > 0   ? SKW_CHECK_OK
					   : off < 0 ? SKW_CHECK_UNKNOWN
						     : SKW_CHECK_LIMITED,
					   "sysctl kernel.unprivileged_bpf_disabled=2");

	skw_report_add(check, &line, "%s",
		       off > 0   ? ""
		       : off < 0 ? "kernel.unprivileged_bpf_disabled can't be read"
				 : "any process may load socket filters");
}

void skw_layers_probe(struct skw_check *check)
{
	probe_user(check);
	probe_no_new_privs(check);
	probe_seccomp(check);
	probe_landlock(check);
	probe_ptrace(check);
	probe_unprivileged_bpf(check);
}
