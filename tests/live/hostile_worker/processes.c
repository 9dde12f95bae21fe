// SPDX-License-Identifier: BSD-2-Clause
/* Attempts to become more: new processes, programs, users, capabilities and namespaces. */
#include "attempt.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/memfd.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "util/cleanup.h"

static long reap(long child)
{
	if (child > 0)
		while (syscall(SYS_wait4, (int)child, NULL, __WALL, NULL) < 0 && errno == EINTR)
			;
	return child;
}

static long fork_one(struct hostile *h, long flags)
{
	long child = HOSTILE_CALL(SYS_clone, flags | SIGCHLD, 0L, NULL, NULL, 0L);

	(void)h;
	if (child == 0)
		syscall(SYS_exit_group, 0);
	return reap(child);
}

static long fork_clone3(struct hostile *h, long flags)
{
	struct clone_args args = { .flags = (uint64_t)flags, .exit_signal = SIGCHLD };
	long child = HOSTILE_CALL(SYS_clone3, &args, sizeof(args));

	(void)h;
	if (child == 0)
		syscall(SYS_exit_group, 0);
	return reap(child);
}

static int end_at_once(void *arg)
{
	(void)arg;
	syscall(SYS_exit, 0);
	return 0;
}

/* The child has a stack of its own, as vfork()'s would share that of the caller. */
static long fork_vfork(struct hostile *h, long arg)
{
	static char stack[16384] __attribute__((aligned(16)));

	(void)h;
	(void)arg;
	return reap(hostile_result(
		clone(end_at_once, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL)));
}

static char *const no_words[] = { (char *)"true", NULL };
static char *const no_environment[] = { NULL };

static long execute(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_execve, "/bin/true", no_words, no_environment);
}

static long execute_at(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_execveat, AT_FDCWD, "/bin/true", no_words, no_environment, 0);
}

static long make_memfd(struct hostile *h, long arg)
{
	long fd = HOSTILE_CALL(SYS_memfd_create, "hostile", MFD_CLOEXEC);

	(void)h;
	(void)arg;
	if (fd >= 0)
		syscall(SYS_close, (int)fd);
	return fd;
}

static long execute_memfd(struct hostile *h, long arg)
{
	static const char script[] = "#!/bin/true\n";
	long fd = HOSTILE_CALL(SYS_memfd_create, "hostile", 0);

	(void)h;
	(void)arg;
	if (fd < 0)
		return fd;
	syscall(SYS_write, (int)fd, script, sizeof(script) - 1);
	return HOSTILE_CALL(SYS_execveat, (int)fd, "", no_words, no_environment, AT_EMPTY_PATH);
}

static long become_root(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	/* Root that becomes root has won nothing, so this process must be another user. */
	return syscall(SYS_geteuid) == 0 ? HOSTILE_NOTHING : HOSTILE_CALL(SYS_setuid, 0);
}

static long become_other(struct hostile *h, long uid)
{
	(void)h;
	return HOSTILE_CALL(SYS_setresuid, (int)uid, (int)uid, (int)uid);
}

static long become_group(struct hostile *h, long gid)
{
	(void)h;
	return HOSTILE_CALL(SYS_setresgid, (int)gid, (int)gid, (int)gid);
}

static long other_groups(struct hostile *h, long arg)
{
	gid_t groups[] = { 0, 42 };

	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_setgroups, 2, groups);
}

static long file_user(struct hostile *h, long uid)
{
	(void)h;
	syscall(SYS_setfsuid, (int)uid);
	return syscall(SYS_setfsuid, -1) == uid ? 0 : -EPERM;
}

static long all_capabilities(struct hostile *h, long arg)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct all[2] = { { 0x00201000, 0x00201000, 0 }, { 0, 0, 0 } };

	(void)h;
	(void)arg;
	/* CAP_NET_ADMIN and CAP_SYS_ADMIN. */
	return HOSTILE_CALL(SYS_capset, &head, all);
}

static long ambient(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0L, 0L);
}

static long dumpable(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_prctl, PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
}

static long allow_tracer(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_prctl, PR_SET_PTRACER, -1L, 0L, 0L, 0L);
}

static long executable_stack(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_personality, (long)READ_IMPLIES_EXEC);
}

static long own_session(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_setpgid, 0, 0);
}

static long more_files(struct hostile *h, long arg)
{
	struct rlimit64 more = { 1 << 20, 1 << 20 };

	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_prlimit64, 0, RLIMIT_NOFILE, &more, NULL);
}

static long first_on_cpu(struct hostile *h, long arg)
{
	struct sched_param param = { .sched_priority = 1 };

	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_sched_setscheduler, 0, SCHED_FIFO, &param);
}

static long higher_priority(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_setpriority, PRIO_PROCESS, 0, -10);
}

static long leave(struct hostile *h, long flag)
{
	(void)h;
	return HOSTILE_CALL(SYS_unshare, flag);
}

/* Enters a namespace of the parent, by a pidfd, as no file of /proc can be opened. */
static long enter(struct hostile *h, long flag)
{
	(void)h;
	long fd = HOSTILE_CALL(SYS_pidfd_open, getppid(), 0);

	if (fd < 0)
		return fd;
	long ret = HOSTILE_CALL(SYS_setns, (int)fd, (int)flag);

	syscall(SYS_close, (int)fd);
	return ret;
}

static const struct hostile_attempt processes[] = {
	{ "fork", "make a process", fork_one, 0, 0 },
	{ "vfork", "make a process by vfork()", fork_vfork, 0, 0 },
	{ "clone3", "make a process by clone3()", fork_clone3, 0, 0 },
	{ "clone-user", "make a process in a user namespace of its own", fork_one, CLONE_NEWUSER,
	  0 },
	{ "clone3-net", "make a process in a network namespace of its own", fork_clone3,
	  CLONE_NEWNET, 0 },
	{ "exec", "run a program", execute, 0, HOSTILE_ENDS },
	{ "execveat", "run a program by execveat()", execute_at, 0, HOSTILE_ENDS },
	{ "memfd", "make a file in memory", make_memfd, 0, 0 },
	{ "memfd-exec", "run a program from a file in memory", execute_memfd, 0, HOSTILE_ENDS },
	{ "setuid-root", "become root", become_root, 0, HOSTILE_ENDS },
	{ "setresuid", "become another user", become_other, 2, HOSTILE_ENDS },
	{ "setresgid", "become another group", become_group, 2, HOSTILE_ENDS },
	{ "setgroups", "join other groups", other_groups, 0, HOSTILE_ENDS },
	{ "setfsuid", "open files as another user", file_user, 2, HOSTILE_ENDS },
	{ "capset", "get capabilities back", all_capabilities, 0, HOSTILE_ENDS },
	{ "ambient", "get an ambient capability", ambient, 0, HOSTILE_ENDS },
	{ "dumpable", "let others trace this process", dumpable, 0, HOSTILE_ENDS },
	{ "ptracer", "name a process that may trace this one (Yama)", allow_tracer, 0, 0 },
	{ "personality", "make all readable memory executable", executable_stack, 0, HOSTILE_ENDS },
	{ "setpgid", "leave the process group, so that Ctrl-C misses it", own_session, 0, 0 },
	{ "rlimit", "raise the limit of open files", more_files, 0, 0 },
	{ "realtime", "run before all other processes", first_on_cpu, 0, HOSTILE_ENDS },
	{ "nice", "raise the own priority", higher_priority, 0, HOSTILE_ENDS },
};

static const struct hostile_attempt namespaces[] = {
	{ "unshare-net", "make a network namespace", leave, CLONE_NEWNET, HOSTILE_ENDS },
	{ "unshare-mount", "make a mount namespace", leave, CLONE_NEWNS, HOSTILE_ENDS },
	{ "unshare-pid", "make a process namespace", leave, CLONE_NEWPID, HOSTILE_ENDS },
	{ "unshare-ipc", "make an IPC namespace", leave, CLONE_NEWIPC, HOSTILE_ENDS },
	{ "unshare-uts", "make a namespace of host names", leave, CLONE_NEWUTS, HOSTILE_ENDS },
	{ "unshare-cgroup", "make a cgroup namespace", leave, CLONE_NEWCGROUP, HOSTILE_ENDS },
	{ "unshare-time", "make a time namespace", leave, CLONE_NEWTIME, HOSTILE_ENDS },
	{ "unshare-user", "make a user namespace", leave, CLONE_NEWUSER, HOSTILE_ENDS },
	{ "setns-net", "enter another network namespace", enter, CLONE_NEWNET, HOSTILE_ENDS },
	{ "setns-mount", "enter another mount namespace", enter, CLONE_NEWNS, HOSTILE_ENDS },
	{ "setns-pid", "enter another process namespace", enter, CLONE_NEWPID, HOSTILE_ENDS },
	{ "setns-ipc", "enter another IPC namespace", enter, CLONE_NEWIPC, HOSTILE_ENDS },
	{ "setns-uts", "enter another namespace of host names", enter, CLONE_NEWUTS, HOSTILE_ENDS },
	{ "setns-cgroup", "enter another cgroup namespace", enter, CLONE_NEWCGROUP, HOSTILE_ENDS },
};

const struct hostile_group hostile_processes = { "processes", processes,
						 SKW_ARRAY_SIZE(processes) };
const struct hostile_group hostile_namespaces = { "namespaces", namespaces,
						  SKW_ARRAY_SIZE(namespaces) };
