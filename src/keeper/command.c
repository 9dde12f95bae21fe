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

struct skw_keeper_waiting {
	struct skw_keeper_waiting *next;
	const struct skw_identity *who;
	/* Owned, as are their words. */
	char **argv, **env;
};

static void words_free(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

/* Copies a list that ends with NULL. Returns NULL if memory is short. */
static char **words_copy(const char *const words[])
{
	size_t n = 0;

	while (words[n])
		n++;
	char **copy = calloc(n + 1, sizeof(*copy));
	for (size_t i = 0; copy && i < n; i++) {
		if (!(copy[i] = strdup(words[i]))) {
			words_free(copy);
			return NULL;
		}
	}
	return copy;
}

static void waiting_free(struct skw_keeper_waiting *w)
{
	words_free(w->argv);
	words_free(w->env);
	free(w);
}

static int wait_for_turn(struct skw_keeper_commands *all, const char *const argv[],
			 const char *const env[], const struct skw_identity *who)
{
	struct skw_keeper_waiting *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->who = who;
	w->argv = words_copy(argv);
	w->env = words_copy(env);
	if (!w->argv || !w->env) {
		waiting_free(w);
		return -ENOMEM;
	}
	if (all->last)
		all->last->next = w;
	else
		all->first = w;
	all->last = w;
	return 0;
}

static struct skw_keeper_waiting *take_first(struct skw_keeper_commands *all)
{
	struct skw_keeper_waiting *w = all->first;

	if (w && !(all->first = w->next))
		all->last = NULL;
	return w;
}

/* Runs in the child between fork and exec. Returns only if something failed. */
static int become(const char *const argv[], const char *const env[], const struct skw_identity *who)
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
	for (size_t i = 0; env[i]; i++)
		if (putenv((char *)env[i]))
			return -errno;
	execvp(argv[0], (char *const *)argv);
	return -errno;
}

static int start(struct skw_keeper_commands *all, const char *const argv[], const char *const env[],
		 const struct skw_identity *who)
{
	SKW_AUTO_FREE char *what = describe(argv);
	SKW_AUTO_FD int told = -1;
	SKW_AUTO_FD int tell = -1;
	int pipe_fds[2];
	int ret;

	if (!what)
		return -ENOMEM;
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
		ret = become(argv, env, who);
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
	all->running[all->n++] = (struct skw_keeper_command){ pid, SKW_TAKE_PTR(what) };
	return 0;
}

int skw_keeper_commands_run(struct skw_keeper_commands *all, const char *const argv[],
			    const char *const env[], const struct skw_identity *who)
{
	if (!argv[0])
		return -EINVAL;
	int ret = all->n < SKW_KEEPER_COMMANDS_MAX ? start(all, argv, env, who)
						   : wait_for_turn(all, argv, env, who);
	all->failed += ret != 0;
	return ret;
}

bool skw_keeper_commands_left(const struct skw_keeper_commands *all)
{
	return all->n || all->first;
}

static void say_failure(const char *what, int status)
{
	if (WIFSIGNALED(status))
		skw_say("%s: killed by signal %d (%s)", what, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		skw_say("%s: exited with status %d", what, WEXITSTATUS(status));
}

static void start_waiting(struct skw_keeper_commands *all)
{
	struct skw_keeper_waiting *w;

	while (all->n < SKW_KEEPER_COMMANDS_MAX && (w = take_first(all))) {
		int ret = start(all, (const char *const *)w->argv, (const char *const *)w->env,
				w->who);

		all->failed += ret != 0;
		if (ret)
			skw_say("%s: %s", w->argv[0], strerror(-ret));
		waiting_free(w);
	}
}

/* Returns the pid of a command that has ended, 0 while it runs, and -1 if it is none of ours. */
static pid_t reap(pid_t command, int *status)
{
	pid_t pid;

	/* There is one SIGCHLD for this end: no later call would ask again. */
	do
		pid = waitpid(command, status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	return pid;
}

void skw_keeper_commands_reap(struct skw_keeper_commands *all)
{
	size_t i = 0;

	while (i < all->n) {
		struct skw_keeper_command *c = &all->running[i];
		int status = 0;
		pid_t pid = reap(c->pid, &status);

		if (pid == 0) {
			i++;
			continue;
		}
		if (pid == c->pid)
			say_failure(c->what, status);
		all->failed += pid == c->pid && status;
		free(c->what);
		*c = all->running[--all->n];
	}
	start_waiting(all);
}

void skw_keeper_commands_say(const struct skw_keeper_commands *all)
{
	/* A single one has been told. */
	if (all->failed > 1)
		skw_say("%zu commands failed", all->failed);
}

void skw_keeper_commands_signal(struct skw_keeper_commands *all, int sig)
{
	struct skw_keeper_waiting *w;
	size_t waiting = 0;

	for (size_t i = 0; i < all->n; i++)
		kill(-all->running[i].pid, sig);
	for (; (w = take_first(all)); waiting++)
		waiting_free(w);
	if (waiting)
		skw_say("%zu commands that waited for their turn are not run", waiting);
}
