// SPDX-License-Identifier: BSD-2-Clause
#include "capture/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "capture/state.h"
#include "loop/signals.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/* How long the reader rests after it found packets, unless a ring fills up. */
#define REST_LINES_MS 10
#define REST_FILE_MS  20
#define REST_HELD_MS  100
#define TICK_NS       SKW_NS_PER_S

enum event {
	EVENT_RINGS,
	EVENT_SIGNAL,
	EVENT_TICK,
	EVENT_TURN,
	EVENT_DURATION,
	EVENT_CLOCK,
	EVENT_KEEPER,
	EVENT_RECORDER,
	EVENT_NEWS,
	EVENT_SOCKETS,
	EVENTS
};

static int on_rings(struct skw_live *l, struct skw_error *err)
{
	(void)l;
	(void)err;
	return 0; /* the loop drains them in any case */
}

static int on_signal(struct skw_live *l, struct skw_error *err)
{
	struct signalfd_siginfo info;
	struct skw_figures figures;

	(void)err;
	while (read(l->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo != SIGUSR1) {
			l->stop = true;
			skw_delivery_hurry(&l->delivery);
			continue;
		}
		skw_status_clear(&l->status);
		if (skw_live_figures(l, &figures) == 0) {
			/* What waits in the rings is not left over yet. */
			figures.left_over = 0;
			skw_figures_print(&figures);
		}
	}
	return 0;
}

static void show_status(struct skw_live *l)
{
	struct skw_figures figures;

	if (l->tty && skw_live_figures(l, &figures) == 0)
		skw_status_show(&l->status, l->delivery.packets,
				skw_recorder_bytes(l->delivery.recorder), figures.dropped,
				skw_recorder_name(l->delivery.recorder), skw_clock_monotonic_ns());
}

static int on_tick(struct skw_live *l, struct skw_error *err)
{
	if (!skw_clock_timer_read(l->tick_fd))
		return 0;
	show_status(l);
	return skw_recorder_flush(l->delivery.recorder, err);
}

/* Sets the timer for the end of the current file. */
static void arm_turn(struct skw_live *l)
{
	uint64_t turn_ns = skw_recorder_turn_ns(l->delivery.recorder);
	uint64_t now_ns = skw_clock_real_ns();

	if (turn_ns == UINT64_MAX || turn_ns == l->turn_armed_ns)
		return;
	l->turn_armed_ns = turn_ns;
	skw_clock_timer_set(l->turn_fd, turn_ns > now_ns ? turn_ns - now_ns : 1, 0);
}

/* Turning over is for what has been drained up to now. */
static int turn(struct skw_live *l, struct skw_error *err)
{
	uint64_t bound_ns = skw_rings_bound_ns(skw_tap_rings(l->tap));

	if (!l->delivery.recorder || !l->plan->rotate_s || l->held)
		return 0;
	int ret = skw_recorder_turn(l->delivery.recorder, bound_ns + (uint64_t)l->offset_ns, err);
	if (ret > 0)
		l->stop = l->enough = true;
	arm_turn(l);
	return ret < 0 ? ret : 0;
}

static int on_turn(struct skw_live *l, struct skw_error *err)
{
	(void)err;
	skw_clock_timer_read(l->turn_fd);
	l->turn_armed_ns = 0;
	return 0; /* done after the draining that follows */
}

static int on_duration(struct skw_live *l, struct skw_error *err)
{
	(void)err;
	l->stop = true;
	return 0;
}

static int on_clock(struct skw_live *l, struct skw_error *err)
{
	int64_t before_ns = l->offset_ns;
	char text[128];

	skw_clock_watch_again(l->clock_fd);
	l->offset_before_ns = before_ns;
	l->offset_ns = skw_clock_offset_ns();
	l->set_ns = skw_clock_monotonic_ns();

	int64_t by_ns = l->offset_ns - before_ns;
	if (by_ns > -(int64_t)SKW_NS_PER_MS && by_ns < (int64_t)SKW_NS_PER_MS)
		return 0;
	snprintf(text, sizeof(text), "the clock was set %s by %.3f s",
		 by_ns < 0 ? "back" : "forward",
		 (double)(by_ns < 0 ? -by_ns : by_ns) / (double)SKW_NS_PER_S);
	skw_status_clear(&l->status);
	skw_say("%s", text);
	if (!l->delivery.recorder)
		return 0;
	/* The remark goes behind the packets that came before. */
	int ret = skw_live_drain(l, l->set_ns, err);
	skw_recorder_clock_set(l->delivery.recorder, by_ns);
	skw_recorder_note(l->delivery.recorder, skw_clock_real_ns(), text);
	return ret < 0 ? ret : 0;
}

/* The capture fails, but not its output: what is in the rings still goes there. */
static int stop_for(struct skw_live *l, int ret)
{
	l->failure = ret;
	l->stop = true;
	return 0;
}

static int on_keeper(struct skw_live *l, struct skw_error *err)
{
	return stop_for(l, skw_error_set(err, -EPIPE,
					 "skwatch's privileged process has died; what was captured "
					 "can be read"));
}

static int on_recorder(struct skw_live *l, struct skw_error *err)
{
	return skw_recorder_news(l->delivery.recorder, err);
}

static void iface_gone(struct skw_live *l, struct skw_live_iface *iface)
{
	if (iface->gone)
		return;
	iface->gone = true;
	skw_status_clear(&l->status);
	skw_say("%s: the interface has gone", iface->info.name);
}

/* Ends the capture when the last of the interfaces that were named has gone. */
static int check_any_left(struct skw_live *l, struct skw_error *err)
{
	for (size_t i = 0; i < l->ifaces.len; i++)
		if (!l->ifaces.all[i]->gone)
			return 0;
	return stop_for(l,
			skw_error_set(err, -ENODEV,
				      "no interface is left to capture on; what was captured can "
				      "be read"));
}

static void on_named_news(void *ctx, const struct skw_iface_info *info, bool gone)
{
	struct skw_live *l = ctx;
	int place = gone ? skw_live_ifaces_find(&l->ifaces, info->ifindex) : -1;

	if (place >= 0)
		iface_gone(l, l->ifaces.all[place]);
}

/* Sockets are told that an interface goes down, but not that it goes away for good. */
static int named_news(struct skw_live *l)
{
	struct skw_iface_info now;
	int ret = skw_iface_watch_read(l->watch_fd, on_named_news, l);

	if (ret != -ENOBUFS)
		return ret;
	/* Some news were lost: look for ourselves. */
	for (size_t i = 0; i < l->ifaces.len; i++)
		if (skw_iface_by_index(l->ifaces.all[i]->info.ifindex, &now) == -ENODEV)
			iface_gone(l, l->ifaces.all[i]);
	return 0;
}

static int on_news(struct skw_live *l, struct skw_error *err)
{
	/* What waits in the rings belongs to interfaces as they were. */
	int ret = skw_live_drain(l, skw_clock_monotonic_ns(), err);
	if (ret < 0 || l->stop)
		return ret < 0 ? ret : 0;
	ret = l->use_any ? skw_any_news(&l->any) : named_news(l);

	/* What an index stands for may have changed. */
	l->last_ifindex = 0;
	if (ret)
		return stop_for(l, skw_error_set(err, ret, "netlink: %s", strerror(-ret)));
	return l->use_any ? 0 : check_any_left(l, err);
}

/* An interface went down. */
static int on_sockets(struct skw_live *l, struct skw_error *err)
{
	(void)err;
	for (size_t i = 0; i < skw_tap_sockets_len(l->tap); i++) {
		int error = skw_tap_socket_error(l->tap, i);

		if (!error || l->use_any || l->ifaces.all[i]->gone)
			continue;
		skw_status_clear(&l->status);
		skw_say("%s: %s; the capture goes on when it is up again",
			l->ifaces.all[i]->info.name, strerror(error));
	}
	return 0;
}

static int (*const handlers[EVENTS])(struct skw_live *l, struct skw_error *err) = {
	[EVENT_RINGS] = on_rings,     [EVENT_SIGNAL] = on_signal,     [EVENT_TICK] = on_tick,
	[EVENT_TURN] = on_turn,       [EVENT_DURATION] = on_duration, [EVENT_CLOCK] = on_clock,
	[EVENT_KEEPER] = on_keeper,   [EVENT_RECORDER] = on_recorder, [EVENT_NEWS] = on_news,
	[EVENT_SOCKETS] = on_sockets,
};

static int watch(struct skw_live *l, int fd, enum event event, uint32_t events)
{
	struct epoll_event what = { .events = events, .data.u64 = event };

	return epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &what) < 0 ? -errno : 0;
}

static int watch_all(struct skw_live *l)
{
	const struct skw_recorder *recorder = l->delivery.recorder;
	int ret = 0;

	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->tick_fd = skw_clock_timer();
	l->turn_fd = skw_clock_timer();
	l->duration_fd = skw_clock_timer();
	l->clock_fd = skw_clock_watch();
	if (l->epoll_fd < 0)
		return -errno;
	const int timers[] = { l->tick_fd, l->turn_fd, l->duration_fd, l->clock_fd };
	for (size_t i = 0; i < SKW_ARRAY_SIZE(timers); i++)
		if (timers[i] < 0)
			return timers[i];
	if (recorder) {
		skw_clock_timer_set(l->tick_fd, TICK_NS, TICK_NS);
		arm_turn(l);
		ret = watch(l, skw_recorder_fd(recorder), EVENT_RECORDER, EPOLLIN);
	}
	if (l->plan->duration_ns)
		skw_clock_timer_set(l->duration_fd, l->plan->duration_ns, 0);
	const struct {
		int fd;
		enum event event;
	} fds[] = { { l->signal_fd, EVENT_SIGNAL },
		    { l->tick_fd, EVENT_TICK },
		    { l->turn_fd, EVENT_TURN },
		    { l->duration_fd, EVENT_DURATION },
		    { l->clock_fd, EVENT_CLOCK },
		    { skw_keeper_fd(l->keeper), EVENT_KEEPER },
		    { l->use_any ? l->any.watch_fd : l->watch_fd, EVENT_NEWS } };

	for (size_t i = 0; !ret && i < SKW_ARRAY_SIZE(fds); i++)
		if (fds[i].fd >= 0)
			ret = watch(l, fds[i].fd, fds[i].event, EPOLLIN);
	for (size_t i = 0; !ret && i < skw_tap_sockets_len(l->tap); i++)
		ret = watch(l, skw_tap_socket_fd(l->tap, i), EVENT_SOCKETS, 0);
	return ret ? ret : skw_tap_watch_rings(l->tap, l->epoll_fd, EVENT_RINGS);
}

/* How long to sleep, in milliseconds; -1: until something happens. */
static int rest_ms(struct skw_live *l, bool found)
{
	struct skw_rings *rings = skw_tap_rings(l->tap);
	uint64_t fill = skw_rings_fill(rings);

	if (l->held)
		return REST_HELD_MS; /* the recorder's descriptor tells sooner */
	if (fill >= skw_tap_wake_threshold(l->tap))
		return 0;
	if (found)
		return l->delivery.printer ? REST_LINES_MS : REST_FILE_MS;
	if (fill)
		return 1; /* a record that is not finished, or too young by a hair */
	skw_tap_arm(l->tap);
	/* What came before the arming woke nobody. */
	return skw_rings_fill(rings) ? 0 : -1;
}

static int handle(struct skw_live *l, int timeout_ms, struct skw_error *err)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(l->epoll_fd, events, EVENTS, timeout_ms);
	int ret = 0;

	if (n < 0 && errno != EINTR)
		return skw_error_set(err, -errno, "epoll: %s", strerror(errno));
	for (int i = 0; !ret && i < n; i++)
		ret = handlers[events[i].data.u64](l, err);
	return ret;
}

static int run(struct skw_live *l, struct skw_error *err)
{
	while (!l->stop) {
		int found = skw_live_drain(l, skw_clock_monotonic_ns(), err);
		int ret = found < 0 ? found : skw_delivery_pause(&l->delivery, err);

		if (!ret && !l->stop)
			ret = turn(l, err);
		if (!ret && !l->stop)
			ret = handle(l, rest_ms(l, found > 0), err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/*
 * Closes the tap, takes what is still in the rings, completes the file, tells the figures.
 * `ret` is a failure of the output, after which nothing goes there any more.
 */
static int end(struct skw_live *l, int ret, struct skw_error *err)
{
	struct skw_figures figures;

	skw_tap_close_sockets(l->tap);
	for (int found = 1; !ret && found && !l->enough;) {
		found = skw_live_drain(l, UINT64_MAX, err);
		if (found < 0)
			ret = found;
	}
	bool counted = skw_live_figures(l, &figures) == 0;
	int closed = skw_delivery_close(&l->delivery, skw_clock_real_ns(), err);
	figures.not_written = l->delivery.lost;
	skw_status_clear(&l->status);
	if (l->plan->count_only)
		printf("%" PRIu64 " packet%s\n", l->delivery.packets,
		       l->delivery.packets == 1 ? "" : "s");
	if (counted)
		skw_figures_print(&figures);
	/* Waits for -z commands. */
	int kept = skw_keeper_finish(l->keeper);
	l->keeper = NULL;
	if (!ret)
		ret = l->failure ? l->failure : closed;
	return ret || !kept ? ret
			    : skw_error_set(err, kept, "skwatch's privileged process has died");
}

int skw_live_run(const struct skw_capture_plan *plan, struct skw_error *err)
{
	struct skw_live l = { .plan = plan,
			      .epoll_fd = -1,
			      .signal_fd = -1,
			      .tick_fd = -1,
			      .turn_fd = -1,
			      .duration_fd = -1,
			      .clock_fd = -1,
			      .watch_fd = -1 };
	sigset_t figures;

	/* Until all is set up, signals end the process: opening a file may take for ever. */
	skw_signals_default();
	sigemptyset(&figures);
	sigaddset(&figures, SIGUSR1);
	sigprocmask(SIG_BLOCK, &figures, NULL);
	l.tty = plan->write_file && !plan->lines && isatty(STDERR_FILENO);

	int ret = skw_live_set_up(&l, err);
	if (!ret) {
		ret = watch_all(&l);
		if (ret)
			skw_error_set(err, ret, "events: %s", strerror(-ret));
		else
			ret = run(&l, err);
		skw_signals_catch(true);
		ret = end(&l, ret, err);
	} else {
		skw_delivery_close(&l.delivery, skw_clock_real_ns(), NULL);
		skw_keeper_abandon(l.keeper);
	}
	skw_live_tear_down(&l);
	int *fds[] = { &l.epoll_fd,    &l.signal_fd, &l.tick_fd, &l.turn_fd,
		       &l.duration_fd, &l.clock_fd,  &l.watch_fd };
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fds); i++)
		skw_cleanup_fd(fds[i]);
	return ret;
}
