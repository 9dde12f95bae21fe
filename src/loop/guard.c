// SPDX-License-Identifier: BSD-2-Clause
#include "loop/guard.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.h"

#define GRACE_S 1

/* A signal handler gets no pointer, so this is a global variable. */
static pid_t guarded;

/*
 * There may be children that are not the keeper: those of a shell that became this process, and
 * orphans where this is the first process of a container.
 */
static void on_child(int signo)
{
	siginfo_t dead = { 0 };

	(void)signo;
	if (waitid(P_PID, (id_t)guarded, &dead, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    dead.si_pid == guarded)
		alarm(GRACE_S);
}

static void on_alarm(int signo)
{
	static const char text[] = "skwatch: skwatch's privileged process has died\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signo;
	(void)ignored;
	_exit(SKW_EXIT_FAILURE);
}

void skw_guard_arm(pid_t keeper)
{
	const struct sigaction child = { .sa_handler = on_child,
					 .sa_flags = SA_RESTART | SA_NOCLDSTOP };
	const struct sigaction late = { .sa_handler = on_alarm };
	sigset_t set;

	guarded = keeper;
	sigaction(SIGALRM, &late, NULL);
	sigaction(SIGCHLD, &child, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void skw_guard_disarm(void)
{
	signal(SIGCHLD, SIG_DFL);
	alarm(0);
}
