// SPDX-License-Identifier: BSD-2-Clause
#include "run/run.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/loop.h"
#include "run/group.h"
#include "run/minder.h"
#include "util/clock.h"
#include "util/cleanup.h"
#include "util/say.h"

/* After the command's end its last packets are looked for in steps, for this time at most. */
#define LAST_STEP_NS (100 * SKW_NS_PER_MS)
#define LAST_STEPS   20

/* As shells tell of a command that a signal has ended. */
#define STATUS_SIGNAL 128

struct skw_run {
	struct skw_run_options opt;
	struct skw_run_group group;
	int fd; /* of the minder */
	pid_t minder;
	int timer_fd;
	unsigned steps; /* since the command's end */
	bool started, ended, signalled;
	int status; /* as waitpid() has it */
	struct skw_loop *loop;
};

/* Whether a file can be run. */
static bool is_program(const char *path)
{
	return access(path, X_OK) == 0;
}

/* Whether execvp() finds the command. Tells so before anything is created. */
static int find(const char *name, struct skw_error *err)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	if (strchr(name, '/'))
		return is_program(name) ? 0 : skw_error_usage(err, "%s: %s", name, strerror(errno));
	while (path && *path && name[0]) {
		int len = (int)strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", len ? len : 1, len ? path : ".", name);
		if (is_program(file))
			return 0;
		path += len + (path[len] == ':');
	}
	return skw_error_usage(err, "%s: no such command", name[0] ? name : "\"\"");
}

int skw_run_new(const struct skw_run_options *opt, struct skw_run **out, struct skw_error *err)
{
	int ret = find(opt->argv[0], err);
	struct skw_run *run = ret ? NULL : calloc(1, sizeof(*run));

	if (!run)
		return ret ? ret : skw_error_set(err, -ENOMEM, "out of memory");
	*run = (struct skw_run){
		.opt = *opt, .group = SKW_RUN_GROUP_INIT, .fd = -1, .timer_fd = -1
	};
	ret = skw_run_group_make(&run->group, err);
	if (!ret)
		ret = run->fd = skw_minder_start(&run->group, opt->argv, &run->minder, err);
	if (ret < 0) {
		if (run->group.fd >= 0)
			skw_run_group_remove(&run->group);
		skw_run_group_close(&run->group);
		free(run);
		return ret;
	}
	/* Ctrl-\ is for the command, which has its signals already. */
	signal(SIGQUIT, SIG_IGN);
	*out = run;
	return 0;
}

const int *skw_run_group_fd(const struct skw_run *run)
{
	return &run->group.fd;
}

static int post(const struct skw_run *run, enum skw_minder_kind kind, int value)
{
	const struct skw_minder_message message = { .kind = kind, .value = value };

	return send(run->fd, &message, sizeof(message), MSG_NOSIGNAL) == sizeof(message) ? 0
											 : -errno;
}

/* Waits for a message of the minder. Returns 0, or -errno with err filled. */
static int hear(struct skw_run *run, struct skw_error *err)
{
	struct skw_minder_message message;
	ssize_t n;

	do {
		n = recv(run->fd, &message, sizeof(message), 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		int ret = -errno;

		run->ended = true;
		return skw_error_set(err, ret, "the command: hearing of its end: %s",
				     strerror(-ret));
	}
	if (n != sizeof(message)) {
		run->ended = true;
		return skw_error_set(err, -EPIPE,
				     "the command: the process that minds it has died");
	}
	if (message.kind == SKW_MINDER_FAILED) {
		run->started = false;
		return skw_error_set(err, message.value, "%s: %s", run->opt.argv[0],
				     strerror(-message.value));
	}
	run->ended = true;
	run->status = message.value;
	return 0;
}

static int on_message(void *ctx, struct skw_error *err)
{
	struct skw_run *run = ctx;
	/* The socket may end after the command, and then the timer runs already. */
	if (run->ended)
		return 0;
	int ret = hear(run, err);
	if (!ret && run->ended) {
		ret = skw_clock_timer_set(run->timer_fd, LAST_STEP_NS, LAST_STEP_NS);
		if (ret)
			skw_error_set(err, ret, "the command: timer: %s", strerror(-ret));
	}
	return ret ? skw_loop_fail(run->loop, ret) : 0;
}

/* A connection that a surviving process holds ends later than that, or never. */
static int on_timer(void *ctx, struct skw_error *err)
{
	struct skw_run *run = ctx;

	(void)err;
	skw_clock_timer_read(run->timer_fd);
	if (++run->steps >= LAST_STEPS || !run->opt.open_connections(run->opt.ctx))
		skw_loop_stop(run->loop);
	return 0;
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	(void)err;
	((struct skw_run *)ctx)->loop = loop;
	return 0;
}

static int start(void *ctx, struct skw_error *err)
{
	struct skw_run *run = ctx;
	int ret = run->timer_fd = skw_clock_timer();

	if (ret >= 0)
		ret = skw_loop_watch(run->loop, run->timer_fd, EPOLLIN, on_timer, run);
	if (!ret)
		ret = skw_loop_watch(run->loop, run->fd, EPOLLIN, on_message, run);
	if (!ret)
		ret = post(run, SKW_MINDER_GO, 0);
	if (ret)
		return skw_error_set(err, ret, "the command: %s", strerror(-ret));
	run->started = true;
	return 0;
}

static const struct skw_source_ops ops = { .begin = begin, .start = start };

struct skw_source skw_run_source(struct skw_run *run)
{
	return (struct skw_source){ &ops, run };
}

bool skw_run_takes_signal(struct skw_run *run, int signo, bool from_kernel)
{
	if (!run->started || run->ended)
		return false;
	if (from_kernel)
		return true;
	if (run->signalled)
		return false;
	run->signalled = true;
	return post(run, SKW_MINDER_SIGNAL, signo) == 0;
}

/* The session has ended before the command, by -c or another limit. */
static void wait_for_end(struct skw_run *run)
{
	struct skw_error err = { 0 };

	if (!run->started || run->ended)
		return;
	skw_say("the capture has ended; waiting for %s", run->opt.argv[0]);
	/* The terminal sends these to the command as well. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	if (hear(run, &err))
		skw_say("%s", err.text);
}

int skw_run_finish(struct skw_run *run)
{
	int status = 0;

	if (!run)
		return 0;
	wait_for_end(run);
	if (run->started && run->ended)
		status = WIFSIGNALED(run->status) ? STATUS_SIGNAL + WTERMSIG(run->status)
						  : WEXITSTATUS(run->status);
	skw_cleanup_fd(&run->fd);
	skw_cleanup_fd(&run->timer_fd);
	/* It removes the cgroup. */
	while (waitpid(run->minder, NULL, 0) < 0 && errno == EINTR)
		;
	skw_run_group_close(&run->group);
	free(run);
	return status;
}
