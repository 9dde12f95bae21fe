// SPDX-License-Identifier: BSD-2-Clause
#include "resolve/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/privileges.h"
#include "util/cleanup.h"

#define DESCRIPTORS_MAX 64

/* Leaves only `fd` open, at a number that it returns; 0, 1 and 2 become /dev/null. */
static int keep_only(int fd)
{
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int null = open("/dev/null", O_RDWR);

	if (kept < 0 || null < 0)
		return -errno;
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (null != i && dup2(null, i) < 0)
			return -errno;
	if (kept > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)kept - 1, 0);
	close_range((unsigned)kept + 1, ~0U, 0);
	return kept;
}

/* The terminal's signals are for the worker, whose end is the end of this process. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGINT,  SIGQUIT, SIGTERM, SIGHUP,
				       SIGUSR1, SIGUSR2, SIGTSTP, SIGPIPE };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int drop_privileges(const struct skw_identity *who, struct skw_error *err)
{
	struct skw_identity other;

	if (who || geteuid() != 0)
		return skw_privileges_drop(who, err);
	skw_identity_default(&other);
	/* As for the worker: in a container's user namespace that user may not exist. */
	return skw_privileges_drop(&other, NULL) == 0 ? 0 : skw_privileges_drop(NULL, err);
}

/* A look-up may take long, so another thread notices that the worker has ended. */
static void *end_with_worker(void *arg)
{
	struct pollfd p = { .fd = *(const int *)arg, .events = 0 };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static int lower(__rlimit_resource_t what, rlim_t most)
{
	const struct rlimit limit = { most, most };

	return setrlimit(what, &limit) < 0 ? -errno : 0;
}

static int set_limits(void)
{
	int ret = lower(RLIMIT_CORE, 0);

	if (!ret)
		ret = lower(RLIMIT_FSIZE, 0);
	if (!ret)
		ret = lower(RLIMIT_NOFILE, DESCRIPTORS_MAX);
	return ret ? ret : lower(RLIMIT_NPROC, 0);
}

static int settle(int *fd, const struct skw_identity *who, struct skw_error *err)
{
	static int watched;
	pthread_t thread;

	prctl(PR_SET_NAME, "skwatch: names");
	ignore_signals();
	int ret = drop_privileges(who, err);
	if (ret)
		return ret;
	ret = keep_only(*fd);
	if (ret < 0)
		return skw_error_set(err, ret, "descriptors: %s", strerror(-ret));
	watched = *fd = ret;
	ret = chdir("/") < 0 ? -errno : -pthread_create(&thread, NULL, end_with_worker, &watched);
	if (!ret)
		ret = set_limits();
	return ret ? skw_error_set(err, ret, "limits: %s", strerror(-ret)) : 0;
}

static void look_up(const struct skw_resolve_address *a, char name[SKW_RESOLVE_MAX])
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to = { 0 };
	socklen_t len = sizeof(to.v6);

	if (a->len == 4) {
		len = sizeof(to.v4);
		to.v4.sin_family = AF_INET;
		memcpy(&to.v4.sin_addr, a->bytes, 4);
	} else {
		to.v6.sin6_family = AF_INET6;
		memcpy(&to.v6.sin6_addr, a->bytes, 16);
	}
	/* A name that is too long is an error, too. */
	if (getnameinfo(&to.any, len, name, SKW_RESOLVE_MAX, NULL, 0, NI_NAMEREQD) != 0)
		name[0] = '\0';
}

/* Waits for a request. Returns false for one that the worker would not make. */
static bool take_request(int fd, struct skw_resolve_address *a)
{
	/* With MSG_TRUNC the length is that of the whole message. */
	return recv(fd, a, sizeof(*a), MSG_TRUNC) == (ssize_t)sizeof(*a) &&
	       (a->len == 4 || a->len == 16);
}

static _Noreturn void serve(int fd, const struct skw_identity *who)
{
	struct skw_error err = { 0 };
	struct skw_resolve_answer answer;

	/* The first message tells how it went: a text if it did not go well. */
	if (settle(&fd, who, &err)) {
		send(fd, err.text, strlen(err.text), MSG_NOSIGNAL);
		_exit(SKW_EXIT_FAILURE);
	}
	if (send(fd, "", 1, MSG_NOSIGNAL) != 1)
		_exit(SKW_EXIT_FAILURE);
	for (;;) {
		memset(&answer, 0, sizeof(answer));
		if (!take_request(fd, &answer.address))
			_exit(SKW_EXIT_FAILURE);
		look_up(&answer.address, answer.name);
		if (send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
			_exit(0);
	}
}

/* Waits until the resolver is ready. Returns 0, or -EIO with err telling why it is not. */
static int hear(int fd, struct skw_error *err)
{
	char text[sizeof(err->text)] = "";
	ssize_t n;

	do {
		n = recv(fd, text, sizeof(text) - 1, 0);
	} while (n < 0 && errno == EINTR);
	if (n > 0 && !text[0])
		return 0;
	return skw_error_set(err, -EIO, "--resolve: the process for names did not start%s%s",
			     n > 0 ? ": " : "", text);
}

int skw_resolver_start(const struct skw_identity *who, struct skw_error *err)
{
	SKW_AUTO_FD int ours = -1;
	SKW_AUTO_FD int theirs = -1;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return skw_error_set(err, -errno, "--resolve: %s", strerror(errno));
	ours = pair[0];
	theirs = pair[1];
	/*
	 * A child's child, so that its end does not look like that of the keeper: the loop's guard
	 * ends the worker when a child ends.
	 */
	pid_t pid = fork();
	if (pid < 0)
		return skw_error_set(err, -errno, "--resolve: %s", strerror(errno));
	if (!pid) {
		close(ours);
		if (fork() == 0)
			serve(theirs, who);
		_exit(0);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(SKW_TAKE_FD(theirs));
	int ret = hear(ours, err);
	return ret ? ret : SKW_TAKE_FD(ours);
}
