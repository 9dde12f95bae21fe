// SPDX-License-Identifier: BSD-2-Clause
#include "watch/watch.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "loop/signals.h"
#include "row/record.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"
#include "watch/state.h"

#define LARGE_BYTES (128 << 10)

enum event { EVENT_SIGNAL, EVENT_TICK, EVENT_DURATION, EVENT_KEEPER, EVENT_INPUT, EVENTS };

void skw_watch_follow(struct skw_watch *w, uint64_t cookie)
{
	skw_table_follow(w->table, cookie);
}

int skw_watch_print(struct skw_watch *w, struct skw_buf *text, struct skw_error *err)
{
	return skw_lines_write(&w->out, text, err);
}

void skw_watch_set_interval(struct skw_watch *w, uint64_t interval_ns)
{
	if (interval_ns == w->interval_ns)
		return;
	w->interval_ns = interval_ns;
	skw_clock_timer_set(w->tick_fd, interval_ns, interval_ns);
}

void skw_watch_set_paused(struct skw_watch *w, bool paused)
{
	w->paused = paused;
}

/* What a hook returned: 1 ends the watch. */
static int heed(struct skw_watch *w, int ret)
{
	if (ret > 0)
		w->stop = true;
	return ret < 0 ? ret : 0;
}

static int count_lost(struct skw_watch *w, struct skw_error *err)
{
	struct skw_conn_counters sum;
	int ret = skw_conn_count(w->conn, &sum);

	if (ret)
		return skw_error_set(err, ret, "counters: %s", strerror(-ret));
	w->status.events = sum.events;
	w->status.events_lost = sum.lost;
	return 0;
}

static const struct {
	uint32_t bit;
	const char *text;
} lacks[] = {
	{ SKW_LACKS_ENROL,
	  "this kernel can't give callbacks to connections that are open already (6.12 can): their "
	  "RTT samples, RTO counts and events are unknown" },
	{ SKW_LACKS_RTT_ARGS,
	  "this kernel does not tell single RTT samples (6.10 does): the smoothed RTT stands in" },
	{ SKW_LACKS_UDP,
	  "this kernel can't list UDP sockets (no iter/udp): there are no rows of them" },
	{ SKW_LACKS_HOLDERS,
	  "this kernel can't list who holds a socket (no iter/task_file): owners are the processes "
	  "that connected" },
	{ SKW_LACKS_CREATOR, "this kernel does not tell callbacks whose system call they are in: "
			     "short connections have no owner" },
};

/* Some is found out only while it runs. A screen tells it by itself. */
static void note_lacks(struct skw_watch *w)
{
	uint32_t news = skw_conn_lacks(w->conn) & ~w->status.lacks;

	w->status.lacks |= news;
	for (size_t i = 0; !w->hooks->input && i < SKW_ARRAY_SIZE(lacks); i++)
		if (news & lacks[i].bit)
			skw_say("%s", lacks[i].text);
}

static int tick(struct skw_watch *w, struct skw_error *err)
{
	int ret = skw_watch_sweep(w, err);

	if (!ret)
		ret = count_lost(w, err);
	note_lacks(w);
	if (!ret && w->hooks->tick)
		ret = heed(w, w->hooks->tick(w->hooks->ctx, w->table, &w->status, err));
	return ret;
}

/* Whether an event is of a namespace that is watched; notes one that is not known yet. */
static bool is_of_ours(struct skw_watch *w, uint32_t netns)
{
	if (skw_watch_lists(w, netns))
		return true;
	w->strange_netns = w->verbs.scan;
	return w->verbs.scan;
}

static int take_event(struct skw_watch *w, const void *record, size_t len, struct skw_error *err)
{
	struct skw_event_told told;
	struct skw_event event;

	if (skw_record_event(record, len, &told)) {
		skw_table_count_bad_record(w->table);
		return 0;
	}
	if (!is_of_ours(w, told.socket.row.netns))
		return 0;
	int ret = skw_table_event(w->table, &told, &event);

	if (ret < 0)
		return skw_error_set(err, ret, "events: %s", strerror(-ret));
	if (ret == 0 || !w->hooks->event || !(w->plan->events & SKW_EVENT_BIT(event.type)))
		return 0;
	/* A cgroup that is new has a name before its first line. */
	if (!event.row->cgroup && event.row->cgroup_id != SKW_NONE64) {
		ret = skw_watch_names_fill(&w->names, w->table);
		if (ret)
			return skw_error_set(err, ret, "names of cgroups: %s", strerror(-ret));
	}
	return heed(w, w->hooks->event(w->hooks->ctx, &event, w->status.offset_ns, err));
}

int skw_watch_drain(struct skw_watch *w, uint64_t now_ns, struct skw_error *err)
{
	struct skw_rings *rings = skw_conn_rings(w->conn);
	int ret = skw_rings_look(rings, now_ns);
	const void *record;
	bool any = false;
	size_t len;

	if (ret)
		return skw_error_set(err, ret, "events: %s", strerror(-ret));
	w->status.offset_ns = skw_clock_offset_ns();
	while (!ret && !w->stop && (record = skw_rings_next(rings, &len))) {
		any = true;
		ret = take_event(w, record, len, err);
	}
	skw_rings_release(rings);
	if (any)
		note_lacks(w);
	if (!ret && any && w->hooks->pause)
		ret = heed(w, w->hooks->pause(w->hooks->ctx, err));
	return ret;
}

static int on_signal(struct skw_watch *w, struct skw_error *err)
{
	struct signalfd_siginfo info;
	int ret = 0;

	while (!ret && read(w->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo != SIGWINCH && info.ssi_signo != SIGCONT) {
			w->stop = true;
			skw_lines_hurry(&w->out);
		} else if (w->hooks->input)
			ret = heed(w, w->hooks->input(w->hooks->ctx, (int)info.ssi_signo, err));
	}
	return ret;
}

static int on_tick(struct skw_watch *w, struct skw_error *err)
{
	if (!skw_clock_timer_read(w->tick_fd) || w->paused)
		return 0;
	return tick(w, err);
}

static int on_duration(struct skw_watch *w, struct skw_error *err)
{
	(void)err;
	w->stop = true;
	return 0;
}

static int on_keeper(struct skw_watch *w, struct skw_error *err)
{
	(void)w;
	return skw_error_set(err, -EPIPE, "skwatch's privileged process has died");
}

static int on_input(struct skw_watch *w, struct skw_error *err)
{
	return heed(w, w->hooks->input(w->hooks->ctx, 0, err));
}

static int (*const handlers[EVENTS])(struct skw_watch *w, struct skw_error *err) = {
	[EVENT_SIGNAL] = on_signal, [EVENT_TICK] = on_tick,   [EVENT_DURATION] = on_duration,
	[EVENT_KEEPER] = on_keeper, [EVENT_INPUT] = on_input,
};

static int watch_fd(struct skw_watch *w, int fd, enum event event)
{
	struct epoll_event what = { .events = EPOLLIN, .data.u64 = event };

	return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &what) < 0 ? -errno : 0;
}

static int watch_all(struct skw_watch *w)
{
	const struct {
		int fd;
		enum event event;
	} fds[] = { { w->signal_fd, EVENT_SIGNAL },
		    { w->tick_fd = skw_clock_timer(), EVENT_TICK },
		    { w->duration_fd = skw_clock_timer(), EVENT_DURATION },
		    { skw_keeper_fd(w->keeper), EVENT_KEEPER },
		    { w->hooks->input_fd, EVENT_INPUT } };
	int ret = 0;

	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll_fd < 0)
		return -errno;
	for (size_t i = 0; !ret && i < SKW_ARRAY_SIZE(fds); i++)
		if (fds[i].event != EVENT_INPUT || w->hooks->input_fd >= 0)
			ret = fds[i].fd < 0 ? fds[i].fd : watch_fd(w, fds[i].fd, fds[i].event);
	if (ret)
		return ret;
	skw_clock_timer_set(w->tick_fd, w->interval_ns, w->interval_ns);
	w->out.interrupt_fds[2] = w->duration_fd;
	if (w->plan->duration_ns)
		skw_clock_timer_set(w->duration_fd, w->plan->duration_ns, 0);
	return 0;
}

/* Nobody is woken by an event, so the reader looks after a while. */
static int wait_and_handle(struct skw_watch *w, struct skw_error *err)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(w->epoll_fd, events, EVENTS, (int)w->plan->events_ms);
	int ret = 0;

	if (n < 0 && errno != EINTR)
		return skw_error_set(err, -errno, "epoll: %s", strerror(errno));
	/* Before what a tick makes of the table, the events that came before it. */
	ret = skw_watch_drain(w, skw_clock_monotonic_ns(), err);
	for (int i = 0; !ret && !w->stop && i < n; i++)
		ret = handlers[events[i].data.u64](w, err);
	return ret;
}

static int run(struct skw_watch *w, struct skw_error *err)
{
	int ret = w->hooks->start ? heed(w, w->hooks->start(w->hooks->ctx, w, err)) : 0;

	if (!ret && !w->stop)
		ret = tick(w, err);
	while (!ret && !w->stop)
		ret = wait_and_handle(w, err);
	return ret;
}

/* Takes what came until the programs were detached. */
static int end(struct skw_watch *w, int ret, struct skw_error *err)
{
	skw_conn_detach(w->conn);
	if (!ret) {
		w->stop = false;
		ret = skw_watch_drain(w, UINT64_MAX, err);
	}
	/* Also after a failure: then the figures say what it cost. */
	int counted = count_lost(w, err);
	if (!counted && w->hooks->end)
		counted = w->hooks->end(w->hooks->ctx, &w->status, err);
	ret = ret ? ret : counted;
	int kept = skw_keeper_finish(w->keeper);

	w->keeper = NULL;
	return ret || !kept ? ret
			    : skw_error_set(err, kept, "skwatch's privileged process has died");
}

int skw_watch_run(const struct skw_watch_plan *plan, const struct skw_watch_hooks *hooks,
		  struct skw_error *err)
{
	struct skw_watch w = { .plan = plan,
			       .hooks = hooks,
			       .epoll_fd = -1,
			       .signal_fd = -1,
			       .tick_fd = -1,
			       .duration_fd = -1 };

	/*
	 * What a tick needs for a moment goes back to the kernel: left to itself, malloc takes the
	 * first large block that is freed for a reason to keep all later ones.
	 */
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	skw_signals_default();
	skw_lines_open(&w.out);
	int ret = skw_watch_set_up(&w, err);

	if (!ret) {
		ret = watch_all(&w);
		if (ret)
			skw_error_set(err, ret, "events: %s", strerror(-ret));
		else
			ret = run(&w, err);
		skw_signals_catch(true);
		ret = end(&w, ret, err);
	} else {
		skw_keeper_abandon(w.keeper);
	}
	skw_watch_tear_down(&w);
	int *fds[] = { &w.epoll_fd, &w.signal_fd, &w.tick_fd, &w.duration_fd };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(fds); i++)
		skw_cleanup_fd(fds[i]);
	return ret;
}
