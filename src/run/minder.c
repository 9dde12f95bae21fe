// SPDX-License-Identifier: BSD-2-Clause
#include "run/minder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/say.h"

#define TELL_TRIES  100
#define TELL_TRY_MS 1

struct minder {
	const struct skw_run_group *group;
	int fd; /* the socket */
	pid_t command;
	int command_fd;  /* a pidfd */
	int go, failure; /* pipes: the command waits at the one, and tells of a failure at the other
			  */
	bool told_to_go;
};

/* These may come from the user to skwatch. The worker can't make the minder send others. */
static const int passed_on[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static bool is_passed_on(int sig)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(passed_on); i++)
		if (passed_on[i] == sig)
			return true;
	return false;
}

/* Runs in the command's process until it is the command. */
static _Noreturn void become(char *const argv[], int go, int failure)
{
	char byte;
	ssize_t n;

	do {
		n = read(go, &byte, 1);
	} while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(0);
	/* main() ignores it. All other signals are as skwatch found them. */
	signal(SIGPIPE, SIG_DFL);
	/* The user may have given ambient capabilities to this program, but not to the command. */
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	execvp(argv[0], argv);
	int ret = -errno;
	n = write(failure, &ret, sizeof(ret));
	_exit(n == sizeof(ret) ? 127 : 126);
}

/* Forks into the cgroup, so that the command is in it from its first instruction on. */
static pid_t fork_into(int group_fd, int *pidfd)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP | CLONE_PIDFD,
				   .pidfd = (uintptr_t)pidfd,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)group_fd };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	return pid < 0 ? (pid_t)-errno : (pid_t)pid;
}

static int start_command(struct minder *m, char *const argv[])
{
	int go[2], failure[2];

	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(failure, O_CLOEXEC) < 0)
		return -errno;
	m->command = fork_into(m->group->fd, &m->command_fd);
	if (m->command == 0) {
		close(m->fd);
		close(go[1]);
		become(argv, go[0], failure[1]);
	}
	close(go[0]);
	close(failure[1]);
	m->go = go[1];
	m->failure = failure[0];
	return m->command < 0 ? m->command : 0;
}

/* Memory may be short for a moment. A worker that lacks a message hears the end of the socket. */
static void tell(const struct minder *m, enum skw_minder_kind kind, int value)
{
	const struct skw_minder_message message = { .kind = kind, .value = value };
	ssize_t n = -1;

	for (int i = 0; n < 0 && i < TELL_TRIES; i++) {
		n = send(m->fd, &message, sizeof(message), MSG_NOSIGNAL);
		if (n < 0 && errno == EPIPE)
			return;
		if (n < 0)
			poll(NULL, 0, TELL_TRY_MS);
	}
	if (n != sizeof(message))
		shutdown(m->fd, SHUT_RDWR);
}

/* Returns 0 or -errno. */
static int hear(int fd, struct skw_minder_message *message)
{
	ssize_t n;

	do {
		/* With MSG_TRUNC the length is that of the whole message. */
		n = recv(fd, message, sizeof(*message), MSG_TRUNC);
	} while (n < 0 && errno == EINTR);
	return n == sizeof(*message) ? 0 : n < 0 ? -errno : -EPIPE;
}

/* The pipe for failures closes when exec() succeeds. */
static void let_go(struct minder *m)
{
	int ret = 0;
	ssize_t n;

	m->told_to_go = true;
	do {
		n = write(m->go, "", 1);
	} while (n < 0 && errno == EINTR);
	if (n != 1) {
		tell(m, SKW_MINDER_FAILED, -errno);
		return;
	}
	do {
		n = read(m->failure, &ret, sizeof(ret));
	} while (n < 0 && errno == EINTR);
	if (n == sizeof(ret))
		tell(m, SKW_MINDER_FAILED, ret);
}

/* Returns false when the worker has gone, or has sent a message that it would not send. */
static bool obey(struct minder *m)
{
	struct skw_minder_message message;

	int ret = hear(m->fd, &message);

	if (ret && ret != -EPIPE)
		tell(m, SKW_MINDER_FAILED, ret);
	if (ret)
		return false;
	if (message.kind == SKW_MINDER_GO && !m->told_to_go)
		let_go(m);
	else if (message.kind == SKW_MINDER_SIGNAL && m->told_to_go && is_passed_on(message.value))
		syscall(SYS_pidfd_send_signal, m->command_fd, message.value, NULL, 0);
	else
		return false;
	return true;
}

/* Waits for the command and for the worker. Returns when both have ended. */
static void serve(struct minder *m)
{
	struct pollfd p[] = { { .fd = m->fd, .events = POLLIN },
			      { .fd = m->command_fd, .events = POLLIN } };
	int status;

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		if (poll(p, SKW_ARRAY_SIZE(p), -1) < 0)
			continue;
		if (p[0].revents && !obey(m)) {
			p[0].fd = -1;
			shutdown(m->fd, SHUT_RDWR);
			/* A command that was never started ends here. */
			skw_cleanup_fd(&m->go);
			m->go = -1;
		}
		if (p[1].revents && waitpid(m->command, &status, 0) == m->command) {
			p[1].fd = -1;
			tell(m, SKW_MINDER_ENDED, status);
		}
	}
}

/* The terminal's signals are for the command, whose end is the end of this process. */
static void settle(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < SKW_ARRAY_SIZE(passed_on); i++)
		signal(passed_on[i], SIG_IGN);
	prctl(PR_SET_NAME, "skwatch: minder");
	prctl(PR_SET_DUMPABLE, 0);
	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
}

static _Noreturn void mind(struct minder *m, char *const argv[])
{
	int ret = start_command(m, argv);

	tell(m, SKW_MINDER_READY, ret);
	if (!ret) {
		settle();
		serve(m);
	}
	ret = skw_run_group_remove(m->group);
	if (ret)
		skw_say("the command's cgroup %s can't be removed: %s", m->group->name,
			strerror(-ret));
	_exit(0);
}

int skw_minder_start(const struct skw_run_group *group, char *const argv[], pid_t *pid,
		     struct skw_error *err)
{
	struct minder m = { .group = group, .go = -1, .failure = -1, .command_fd = -1 };
	struct skw_minder_message ready;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return skw_error_set(err, -errno, "the command: %s", strerror(errno));
	pid_t child = fork();
	if (child < 0) {
		int ret = -errno;

		close(pair[0]);
		close(pair[1]);
		return skw_error_set(err, ret, "the command: %s", strerror(-ret));
	}
	if (!child) {
		close(pair[0]);
		m.fd = pair[1];
		mind(&m, argv);
	}
	close(pair[1]);
	*pid = child;
	int ret = hear(pair[0], &ready);
	if (!ret)
		ret = ready.value;
	if (!ret)
		return pair[0];
	close(pair[0]);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return skw_error_set(err, ret, "a process in a cgroup for the command: %s", strerror(-ret));
}
