// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/adopt_stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/kill_words.h"
#include "kern/host/accepting.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/* How often the new server is looked at, and for how long. */
#define LOOK_MS  20
#define LOOKS_NS (60 * SKW_NS_PER_S)

/* The processes are held by descriptors, as their numbers may be used again. */
struct watch {
	struct skw_adopt_stop stop;
	uint32_t new_pid;
	int new_fd;
	int begun[2]; /* a pipe: its end is the beginning of the new server */
	struct skw_accepting sockets[SKW_TAKEN_MAX];
	size_t sockets_len;
	uint32_t old[SKW_TAKEN_MAX];
	int old_fds[SKW_TAKEN_MAX];
	size_t old_len;
};

static int open_process(uint32_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

static int note_old(struct watch *w, uint32_t pid)
{
	for (size_t i = 0; i < w->old_len; i++)
		if (w->old[i] == pid)
			return 0;
	int fd = open_process(pid);
	if (fd < 0)
		return fd;
	w->old[w->old_len] = pid;
	w->old_fds[w->old_len++] = fd;
	return 0;
}

/* Whether the new server ends within that time. */
static bool ends_within(const struct watch *w, uint64_t ns)
{
	struct pollfd p = { .fd = w->new_fd, .events = POLLIN };
	uint64_t until = skw_clock_monotonic_ns() + ns;
	int n;

	do {
		uint64_t now = skw_clock_monotonic_ns();
		uint64_t left_ms = now < until ? (until - now) / SKW_NS_PER_MS + 1 : 0;

		n = poll(&p, 1, left_ms > 3600000 ? 3600000 : (int)left_ms);
	} while (n <= 0 && skw_clock_monotonic_ns() < until);
	return n > 0;
}

static void stop_old(const struct watch *w)
{
	char name[SKW_KILL_WORDS_SIGNAL];

	skw_kill_words_signal(w->stop.signo, name);
	for (size_t i = 0; i < w->old_len; i++) {
		if (syscall(SYS_pidfd_send_signal, w->old_fds[i], w->stop.signo, NULL, 0) == 0)
			skw_say("the new server %u accepts connections; %s went to the old one, %u",
				w->new_pid, name, w->old[i]);
		else if (errno != ESRCH)
			skw_say("the old server %u could not be stopped: %s", w->old[i],
				strerror(errno));
	}
}

/* Waits until skwatch has become the new server. Returns false if it could not. */
static bool has_begun(const struct watch *w)
{
	char byte;
	ssize_t n;

	do {
		n = read(w->begun[0], &byte, 1);
	} while (n < 0 && errno == EINTR);
	return n == 0;
}

static void watch(struct watch *w)
{
	uint64_t until = skw_clock_monotonic_ns() + LOOKS_NS;

	if (!has_begun(w))
		return;
	while (!skw_accepting_look(w->new_pid, w->sockets, w->sockets_len)) {
		if (ends_within(w, LOOK_MS * SKW_NS_PER_MS)) {
			skw_say("the new server %u has ended; the old one goes on", w->new_pid);
			return;
		}
		if (skw_clock_monotonic_ns() > until) {
			skw_say("the new server %u was not seen to accept connections on all "
				"sockets within a minute; the old one goes on",
				w->new_pid);
			return;
		}
	}
	if (w->stop.after_ns && ends_within(w, w->stop.after_ns))
		skw_say("the new server %u has ended; the old one goes on", w->new_pid);
	else
		stop_old(w);
}

/* Sockets and the standard output must not be held open by a process that nobody knows of. */
static void let_go(const struct skw_taken_list *list)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < list->len; i++)
		close(list->all[i].fd);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		close(null);
	}
}

/* The child of a child is the child of init, so the new server never hears of it. */
static int start(struct watch *w, const struct skw_taken_list *list)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid > 0) {
		int status = 0;

		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
	}
	pid = fork();
	if (pid)
		_exit(pid < 0 ? errno : 0);
	prctl(PR_SET_NAME, "skwatch: adopt");
	let_go(list);
	close(w->begun[1]);
	watch(w);
	_exit(0);
}

int skw_adopt_stop_start(const struct skw_adopt_stop *stop, const struct skw_taken_list *list,
			 struct skw_error *err)
{
	struct watch w = {
		.stop = *stop, .new_pid = (uint32_t)getpid(), .new_fd = -1, .begun = { -1, -1 }
	};
	int ret = w.new_fd = open_process(w.new_pid);

	if (ret >= 0 && pipe2(w.begun, O_CLOEXEC) < 0)
		ret = -errno;
	for (size_t i = 0; ret >= 0 && i < list->len; i++) {
		w.sockets[w.sockets_len++].is = list->all[i].is;
		ret = note_old(&w, list->all[i].pid);
	}
	if (ret >= 0)
		ret = start(&w, list);
	for (size_t i = 0; i < w.old_len; i++)
		close(w.old_fds[i]);
	skw_cleanup_fd(&w.new_fd);
	skw_cleanup_fd(&w.begun[0]);
	if (ret >= 0)
		return w.begun[1];
	skw_cleanup_fd(&w.begun[1]);
	return skw_error_set(err, ret, "watching the servers: %s", strerror(-ret));
}

void skw_adopt_stop_cancel(int fd)
{
	ssize_t n = write(fd, "", 1);

	(void)n;
}
