// SPDX-License-Identifier: BSD-2-Clause
#include "loop/guard.h"

#include <signal.h>
#include <unistd.h>

#include "util/error.h"

#define GRACE_S 1

static void on_child(int signo)
{
	(void)signo;
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

void skw_guard_arm(void)
{
	const struct sigaction child = { .sa_handler = on_child,
					 .sa_flags = SA_RESTART | SA_NOCLDSTOP };
	const struct sigaction late = { .sa_handler = on_alarm };
	sigset_t set;

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
