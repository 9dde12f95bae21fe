// SPDX-License-Identifier: BSD-2-Clause
/*
 * The events that all sessions handle alike: signals, the duration, the death of the keeper, and
 * changes of the clock.
 */
#include "loop/state.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "keeper/keeper.h"
#include "loop/signals.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/* A reader that has stopped can delay the end by this time. */
#define LINGER_MS 2000
/*
 * The same after the keeper has died. It is shorter because the guard ends the process after a
 * second.
 */
#define LINGER_ORPHANED_MS 500

int skw_loop_check_keeper(const struct skw_loop *l, struct skw_error *err)
{
	struct pollfd p = { .fd = l->keeper ? skw_keeper_fd(l->keeper) : -1, .events = POLLIN };

	if (poll(&p, 1, 0) != 1)
		return 0;
	return skw_error_set(err, -EPIPE, "%s; what was captured can be read",
			     skw_keeper_fate(l->keeper));
}

unsigned skw_loop_linger_ms(const struct skw_loop *l)
{
	return skw_loop_check_keeper(l, NULL) ? LINGER_ORPHANED_MS : LINGER_MS;
}

static void hurry(struct skw_loop *l)
{
	const struct skw_sink *sink = l->plan->sink;

	if (sink->ops->hurry)
		sink->ops->hurry(sink->ctx, skw_loop_linger_ms(l));
}

static int on_stop_signal(void *ctx, struct skw_error *err)
{
	struct skw_loop *l = ctx;
	struct signalfd_siginfo info;

	(void)err;
	while (read(l->stop_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (!l->plan->takes_signal ||
		    !l->plan->takes_signal(l->plan->ctx, (int)info.ssi_signo,
					   info.ssi_code == SI_KERNEL))
			l->stop = true;
	if (l->stop)
		hurry(l);
	return 0;
}

static int on_signal(void *ctx, struct skw_error *err)
{
	struct skw_loop *l = ctx;
	const struct skw_sink *sink = l->plan->sink;
	struct signalfd_siginfo info;
	int ret = 0;

	while (!ret && read(l->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGUSR1) {
			if (l->plan->report)
				l->plan->report(l->plan->ctx, false);
			continue;
		}
		/* The user wants to find everything written that has come before the signal. */
		if (info.ssi_signo == SIGUSR2)
			ret = skw_loop_drain(l, skw_clock_monotonic_ns(), err);
		if (!ret && sink->ops->signal)
			ret = sink->ops->signal(sink->ctx, (int)info.ssi_signo, err);
	}
	return ret;
}

static int on_duration(void *ctx, struct skw_error *err)
{
	struct skw_loop *l = ctx;

	(void)err;
	l->stop = true;
	hurry(l);
	return 0;
}

static int on_keeper(void *ctx, struct skw_error *err)
{
	struct skw_loop *l = ctx;

	hurry(l);
	return skw_loop_fail(l, skw_loop_check_keeper(l, err));
}

static int on_clock(void *ctx, struct skw_error *err)
{
	struct skw_loop *l = ctx;
	const struct skw_sink *sink = l->plan->sink;
	int64_t before_ns = l->clock.offset_ns;
	char text[128];

	skw_clock_watch_again(l->clock_fd);
	l->clock.before_ns = before_ns;
	l->clock.offset_ns = skw_clock_offset_ns();
	l->clock.set_ns = skw_clock_monotonic_ns();

	int64_t by_ns = l->clock.offset_ns - before_ns;
	if (!l->plan->tells_clock ||
	    (by_ns > -(int64_t)SKW_NS_PER_MS && by_ns < (int64_t)SKW_NS_PER_MS))
		return 0;
	snprintf(text, sizeof(text), "the clock was set %s by %.3f s",
		 by_ns < 0 ? "back" : "forward",
		 (double)(by_ns < 0 ? -by_ns : by_ns) / (double)SKW_NS_PER_S);
	skw_say("%s", text);
	if (!sink->ops->clock_set)
		return 0;
	/* The packets from before the change go to the sink first. */
	int ret = skw_loop_drain(l, l->clock.set_ns, err);
	sink->ops->clock_set(sink->ctx, by_ns, skw_clock_real_ns(), text);
	return ret;
}

/* Watches a descriptor that ends the session: it is added to interrupt_fd and gets a handler. */
static int watch_end(struct skw_loop *l, int fd, int (*handler)(void *ctx, struct skw_error *err))
{
	struct epoll_event what = { .events = EPOLLIN };

	if (epoll_ctl(l->interrupt_fd, EPOLL_CTL_ADD, fd, &what) < 0)
		return -errno;
	return skw_loop_watch(l, fd, EPOLLIN, handler, l);
}

int skw_loop_open_fds(struct skw_loop *l, struct skw_error *err)
{
	int ret;

	l->clock.offset_ns = skw_clock_offset_ns();
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->interrupt_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0 || l->interrupt_fd < 0)
		return skw_error_set(err, -errno, "events: %s", strerror(errno));
	ret = l->duration_fd = skw_clock_timer();
	if (ret >= 0)
		ret = l->clock_fd = skw_clock_watch();
	if (ret >= 0)
		ret = watch_end(l, l->duration_fd, on_duration);
	if (!ret)
		ret = skw_loop_watch(l, l->clock_fd, EPOLLIN, on_clock, l);
	if (!ret && l->keeper)
		ret = watch_end(l, skw_keeper_fd(l->keeper), on_keeper);
	return ret < 0 ? skw_error_set(err, ret, "events: %s", strerror(-ret)) : 0;
}

static int open_signals(const sigset_t *set)
{
	sigprocmask(SIG_BLOCK, set, NULL);

	int fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int skw_loop_catch_signals(struct skw_loop *l, struct skw_error *err)
{
	sigset_t set;
	int ret;

	/* They stay blocked: the loop reads the signals from descriptors. */
	skw_signals_stop_set(&set);
	ret = l->stop_fd = open_signals(&set);
	if (ret >= 0)
		ret = watch_end(l, l->stop_fd, on_stop_signal);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	if (l->plan->has_screen) {
		sigaddset(&set, SIGWINCH);
		sigaddset(&set, SIGCONT);
	}
	if (!ret)
		ret = l->signal_fd = open_signals(&set);
	if (ret >= 0)
		ret = skw_loop_watch(l, l->signal_fd, EPOLLIN, on_signal, l);
	if (ret < 0)
		return skw_error_set(err, ret, "signals: %s", strerror(-ret));
	ret = l->plan->duration_ns ? skw_clock_timer_set(l->duration_fd, l->plan->duration_ns, 0)
				   : 0;
	return ret ? skw_error_set(err, ret, "--duration: %s", strerror(-ret)) : 0;
}

void skw_loop_close_fds(struct skw_loop *l)
{
	const int *fds[] = { &l->epoll_fd,  &l->interrupt_fd, &l->stop_fd,
			     &l->signal_fd, &l->duration_fd,  &l->clock_fd };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(fds); i++)
		skw_cleanup_fd(fds[i]);
	free(l->watchers);
}
