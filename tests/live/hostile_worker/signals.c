// SPDX-License-Identifier: BSD-2-Clause
/*
 * Attempts on other processes. SIGURG is the signal, as processes ignore it, and as for the kernel
 * it is a signal like any other.
 */
#include "attempt.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

#include "util/cleanup.h"

/* Processes that an attempt's argument names. */
enum { INIT, KEEPER, PARENT, BYSTANDER };

/* Returns 0 if there is no such process. */
static pid_t whom(const struct hostile *h, long arg)
{
	switch (arg) {
	case INIT:
		return 1;
	case KEEPER:
		return h->keeper;
	case PARENT:
		return getppid();
	default:
		return h->bystander;
	}
}

static long kill_it(struct hostile *h, long arg)
{
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_kill, pid, SIGURG) : HOSTILE_NOTHING;
}

/* 0 stands for the own process group, -1 for every process. */
static long kill_many(struct hostile *h, long which)
{
	(void)h;
	return HOSTILE_CALL(SYS_kill, (int)which, which == -1 ? 0 : SIGURG);
}

static long tgkill_it(struct hostile *h, long arg)
{
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_tgkill, pid, pid, SIGURG) : HOSTILE_NOTHING;
}

static long tkill_it(struct hostile *h, long arg)
{
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_tkill, pid, SIGURG) : HOSTILE_NOTHING;
}

static long queue_to(struct hostile *h, long arg)
{
	siginfo_t info = { .si_signo = SIGURG, .si_code = SI_QUEUE };
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_rt_sigqueueinfo, pid, SIGURG, &info) : HOSTILE_NOTHING;
}

/* Does `then` with a pidfd of the process. */
static long with_pidfd(pid_t pid, long (*then)(int pidfd))
{
	if (!pid)
		return HOSTILE_NOTHING;
	long pidfd = HOSTILE_CALL(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return pidfd;
	long ret = then((int)pidfd);

	syscall(SYS_close, (int)pidfd);
	return ret;
}

static long pidfd_signal(int pidfd)
{
	return HOSTILE_CALL(SYS_pidfd_send_signal, pidfd, SIGURG, NULL, 0);
}

static long pidfd_take(int pidfd)
{
	long fd = HOSTILE_CALL(SYS_pidfd_getfd, pidfd, 0, 0);

	if (fd >= 0)
		syscall(SYS_close, (int)fd);
	return fd;
}

static long pidfd_signal_it(struct hostile *h, long arg)
{
	return with_pidfd(whom(h, arg), pidfd_signal);
}

static long take_fd_of(struct hostile *h, long arg)
{
	return with_pidfd(whom(h, arg), pidfd_take);
}

static long trace(struct hostile *h, long arg)
{
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_ptrace, PTRACE_SEIZE, pid, NULL, NULL) : HOSTILE_NOTHING;
}

/* The keeper is a copy of this process, so the address is the same there. */
static char shared_address[8];

static long read_memory(struct hostile *h, long arg)
{
	char to[sizeof(shared_address)];
	struct iovec here = { to, sizeof(to) }, there = { shared_address, sizeof(shared_address) };
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_process_vm_readv, pid, &here, 1UL, &there, 1UL, 0UL)
		   : HOSTILE_NOTHING;
}

static long write_memory(struct hostile *h, long arg)
{
	char from[sizeof(shared_address)] = "";
	struct iovec here = { from, sizeof(from) },
		     there = { shared_address, sizeof(shared_address) };
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_process_vm_writev, pid, &here, 1UL, &there, 1UL, 0UL)
		   : HOSTILE_NOTHING;
}

static long limit(struct hostile *h, long arg)
{
	struct rlimit64 none = { 0, 0 };
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_prlimit64, pid, RLIMIT_CORE, &none, NULL) : HOSTILE_NOTHING;
}

static long slow_down(struct hostile *h, long arg)
{
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_setpriority, PRIO_PROCESS, pid, 10) : HOSTILE_NOTHING;
}

static long make_idle(struct hostile *h, long arg)
{
	struct sched_param param = { 0 };
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_sched_setscheduler, pid, SCHED_IDLE, &param)
		   : HOSTILE_NOTHING;
}

static long move_to_cpu(struct hostile *h, long arg)
{
	unsigned long first = 1;
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_sched_setaffinity, pid, sizeof(first), &first)
		   : HOSTILE_NOTHING;
}

static long compare(struct hostile *h, long arg)
{
	pid_t pid = whom(h, arg);

	return pid ? HOSTILE_CALL(SYS_kcmp, pid, pid, KCMP_VM, 0UL, 0UL) : HOSTILE_NOTHING;
}

static long robust_list(struct hostile *h, long arg)
{
	pid_t pid = whom(h, arg);
	void *head;
	size_t len;

	return pid ? HOSTILE_CALL(SYS_get_robust_list, pid, &head, &len) : HOSTILE_NOTHING;
}

static const struct hostile_attempt signals[] = {
	{ "kill-init", "signal init", kill_it, INIT, 0 },
	{ "kill-keeper", "signal the keeper", kill_it, KEEPER, 0 },
	{ "kill-parent", "signal the parent", kill_it, PARENT, 0 },
	{ "kill-bystander", "signal a process of the same user and session", kill_it, BYSTANDER,
	  0 },
	{ "kill-group", "signal the own process group", kill_many, 0, 0 },
	{ "kill-all", "signal every process", kill_many, -1, 0 },
	{ "tgkill-keeper", "signal the keeper by tgkill()", tgkill_it, KEEPER, 0 },
	{ "tkill-keeper", "signal the keeper by tkill()", tkill_it, KEEPER, 0 },
	{ "queue-keeper", "signal the keeper by rt_sigqueueinfo()", queue_to, KEEPER, 0 },
	{ "pidfd-keeper", "signal the keeper by pidfd_send_signal()", pidfd_signal_it, KEEPER, 0 },
	{ "pidfd-bystander", "signal a process of the same user by pidfd_send_signal()",
	  pidfd_signal_it, BYSTANDER, 0 },
};

static const struct hostile_attempt memory[] = {
	{ "ptrace-keeper", "trace the keeper", trace, KEEPER, HOSTILE_ENDS },
	{ "ptrace-bystander", "trace a process of the same user", trace, BYSTANDER, HOSTILE_ENDS },
	{ "vm-read-keeper", "read the keeper's memory", read_memory, KEEPER, 0 },
	{ "vm-write-keeper", "write to the keeper's memory", write_memory, KEEPER, 0 },
	{ "getfd-keeper", "take a descriptor of the keeper", take_fd_of, KEEPER, 0 },
	{ "getfd-bystander", "take a descriptor of a process of the same user", take_fd_of,
	  BYSTANDER, 0 },
	{ "prlimit-keeper", "change a limit of the keeper", limit, KEEPER, 0 },
	{ "nice-keeper", "change the keeper's priority", slow_down, KEEPER, 0 },
	{ "nice-bystander", "change the priority of a process of the same user", slow_down,
	  BYSTANDER, 0 },
	{ "idle-keeper", "change the keeper's scheduler", make_idle, KEEPER, 0 },
	{ "affinity-keeper", "change the keeper's CPUs", move_to_cpu, KEEPER, 0 },
	{ "kcmp-keeper", "compare kernel addresses of the keeper", compare, KEEPER, 0 },
	{ "robust-keeper", "read an address of the keeper's memory", robust_list, KEEPER, 0 },
};

const struct hostile_group hostile_signals = { "signals", signals, SKW_ARRAY_SIZE(signals) };
const struct hostile_group hostile_keeper_memory = { "other processes", memory,
						     SKW_ARRAY_SIZE(memory) };
