// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/privileges.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/error.h"
#include "util/say.h"

/*
 * The command line for messages: the words with a blank between them. '?' replaces a control
 * character, because the message may go to a terminal.
 */
static char *describe(const char *const argv[])
{
	struct skw_buf b = SKW_BUF_INIT;

	for (size_t i = 0; argv[i]; i++) {
		if (i)
			skw_buf_add_char(&b, ' ');
		for (const char *c = argv[i]; *c; c++)
			skw_buf_add_char(&b, (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
	}
	skw_buf_add_char(&b, '\0');
	if (b.failed) {
		skw_buf_free(&b);
		return NULL;
	}
	return (char *)b.data;
}

static int make_room(struct skw_keeper_commands *all)
{
	if (all->n < all->size)
		return 0;
	size_t size = all->size ? 2 * all->size : 8;
	struct skw_keeper_command *list = realloc(all->list, size * sizeof(*list));
	if (!list)
		return -ENOMEM;
	all->list = list;
	all->size = size;
	return 0;
}

/* Runs in the child between fork and exec. Returns only if something failed. */
static int become(const char *const argv[], const struct skw_identity *who)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	int ret;

	setpgid(0, 0);
	setpriority(PRIO_PROCESS, 0, 19);
	for (int sig = 1; sig < NSIG; sig++)
		/*
		 * This fails with EINVAL for SIGKILL, SIGSTOP and the signals that the C library
		 * reserves.
		 */
		sigaction(sig, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* The user may have given ambient capabilities to this program, but not to the command. */
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (who && (ret = skw_identity_assume(who)))
		return ret;
	execvp(argv[0], (char *const *)argv);
	return -errno;
}

int skw_keeper_commands_run(struct skw_keeper_commands *all, const char *const argv[],
			    const struct skw_identity *who)
{
	SKW_AUTO_FREE char *what = describe(argv);
	SKW_AUTO_FD int told = -1;
	SKW_AUTO_FD int tell = -1;
	int pipe_fds[2];
	int ret;

	if (!argv[0])
		return -EINVAL;
	if (!what)
		return -ENOMEM;
	if ((ret = make_room(all)))
		return ret;
	if (pipe2(pipe_fds, O_CLOEXEC))
		return -errno;
	told = pipe_fds[0];
	tell = pipe_fds[1];

	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		/*
		 * A successful exec closes the pipe. After a failed exec the pipe carries the
		 * reason.
		 */
		ret = become(argv, who);
		if (write(tell, &ret, sizeof(ret)) != sizeof(ret))
			_exit(126);
		_exit(127);
	}
	close(SKW_TAKE_FD(tell));

	ssize_t n;
	do {
		n = read(told, &ret, sizeof(ret));
	} while (n < 0 && errno == EINTR);
	if (n == sizeof(ret)) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		return ret;
	}
	all->list[all->n++] = (struct skw_keeper_command){ pid, SKW_TAKE_PTR(what) };
	return 0;
}

static void say_failure(const char *what, int status)
{
	if (WIFSIGNALED(status))
		skw_say("%s: killed by signal %d (%s)", what, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		skw_say("%s: exited with status %d", what, WEXITSTATUS(status));
}

void skw_keeper_commands_reap(struct skw_keeper_commands *all)
{
	size_t i = 0;

	while (i < all->n) {
		struct skw_keeper_command *c = &all->list[i];
		int status = 0;
		pid_t pid = waitpid(c->pid, &status, WNOHANG);

		if (pid == 0 || (pid < 0 && errno == EINTR)) {
			i++;
			continue;
		}
		if (pid == c->pid)
			say_failure(c->what, status);
		free(c->what);
		*c = all->list[--all->n];
	}
}

void skw_keeper_commands_signal(const struct skw_keeper_commands *all, int sig)
{
	for (size_t i = 0; i < all->n; i++)
		kill(-all->list[i].pid, sig);
}
