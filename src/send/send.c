// SPDX-License-Identifier: BSD-2-Clause
#include "send/send.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "loop/loop.h"
#include "send/exchange.h"
#include "send/trouble.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/random.h"
#include "util/say.h"

/* At the end, lines are sent for this time; those of a file, as long as it goes on. */
#define END_NS         (3 * SKW_NS_PER_S)
#define END_PATIENT_NS (30 * SKW_NS_PER_S)
/* A room that is full again and again is not told of more often. */
#define TELL_NS (60 * SKW_NS_PER_S)
/* The lines that may be made before the next question whether there is room. */
#define ROOM_BYTES (256U << 10)

void skw_send_begin(struct skw_send *s)
{
	s->epoll_fd = s->timer_fd = s->fd = s->store.fd = -1;
	s->connect.target = &s->plan->target;
	skw_send_connect_table(&s->connect);
}

void skw_send_free(struct skw_send *s)
{
	if (!s->plan)
		return;
	skw_send_trouble_close(s);
	skw_cleanup_fd(&s->epoll_fd);
	skw_cleanup_fd(&s->timer_fd);
	skw_send_store_close(&s->store);
	skw_send_connect_free(&s->connect);
	skw_post_ring_free(&s->ring);
	skw_buf_free(&s->batch.head);
	skw_buf_free(&s->batch.body);
}

/* ---- before the split ---- */

static int read_boot_id(struct skw_send *s)
{
	SKW_AUTO_FD int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, s->boot_id, sizeof(s->boot_id) - 1);

	return n == (ssize_t)sizeof(s->boot_id) - 1 ? 0 : -EIO;
}

static int name_run(struct skw_send *s, struct skw_error *err)
{
	uint64_t key[2];
	int ret = skw_random_key(key, "--to", err);

	if (ret)
		return ret;
	if (gethostname(s->host, sizeof(s->host) - 1) < 0 || !s->host[0])
		return skw_error_set(err, -ENODEV, "--to: this host has no name");
	if (read_boot_id(s))
		return skw_error_set(err, -EIO,
				     "--to: /proc/sys/kernel/random/boot_id can't be read");
	snprintf(s->run, sizeof(s->run), "%016" PRIx64, key[0]);
	s->random = key[1] | 1;
	s->stamp = (struct skw_post_stamp){ .host = s->with_host ? s->host : NULL,
					    .boot_id = s->boot_id,
					    .run = s->run };
	return 0;
}

static int prepare(void *ctx, struct skw_error *err)
{
	struct skw_send *s = ctx;
	int ret = name_run(s, err);

	if (!ret)
		ret = skw_send_connect_prepare(&s->connect, err);
	if (!ret)
		ret = skw_send_store_open(&s->store, s->plan, s->what, &s->ring, err);
	if (ret)
		return ret;
	s->figures.earlier = s->ring.lines;
	if (s->ring.lines)
		skw_say("%" PRIu64 " %s of before are in the spool, and are sent first",
			s->ring.lines, s->what);
	if (s->ring.damaged)
		skw_say("--spool: %" PRIu64 " bytes are damaged, and are left out",
			s->ring.damaged);
	return 0;
}

/* ---- on the loop ---- */

static int arm(struct skw_send *s)
{
	uint64_t next_ns = skw_send_exchange_next_ns(s), now_ns;

	if (next_ns == s->armed_ns)
		return 0;
	s->armed_ns = next_ns;
	now_ns = skw_clock_monotonic_ns();
	return skw_clock_timer_set(s->timer_fd,
				   !next_ns           ? 0
				   : next_ns > now_ns ? next_ns - now_ns
						      : 1,
				   0);
}

static int step(struct skw_send *s, struct skw_error *err)
{
	int ret = skw_send_exchange(s, err);

	if (ret)
		return ret;
	ret = arm(s);
	return ret ? skw_error_set(err, ret, "--to: timer: %s", strerror(-ret)) : 0;
}

static int on_ready(void *ctx, struct skw_error *err)
{
	struct skw_send *s = ctx;
	struct epoll_event events[4];

	/* The step looks at all there is; here the events are only taken. */
	epoll_wait(s->epoll_fd, events, SKW_ARRAY_SIZE(events), 0);
	if (skw_clock_timer_read(s->timer_fd))
		s->armed_ns = 0;
	return step(s, err);
}

/*
 * Connections come and go, and the loop keeps a handler for each descriptor that it ever had: so
 * they have an epoll of their own.
 */
static int start(void *ctx, struct skw_error *err)
{
	struct skw_send *s = ctx;
	struct epoll_event what = { .events = EPOLLIN };
	int ret;

	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->timer_fd = what.data.fd = skw_clock_timer();
	if (s->epoll_fd < 0 || s->timer_fd < 0 ||
	    epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->timer_fd, &what) < 0)
		return skw_error_set(err, -errno, "--to: %s", strerror(errno));
	ret = skw_loop_watch(s->loop, s->epoll_fd, EPOLLIN, on_ready, s);
	if (ret)
		return skw_error_set(err, ret, "--to: %s", strerror(-ret));
	s->is_open = true;
	return step(s, err);
}

static int open_send(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	(void)err;
	((struct skw_send *)ctx)->loop = loop;
	return 0;
}

static int on_signal(void *ctx, int signo, struct skw_error *err)
{
	struct skw_send *s = ctx;

	if (signo != SIGUSR2)
		return 0;
	s->due_ns = 0;
	return step(s, err);
}

/* ---- waiting ---- */

/* Waits until something happens, at most until end_ns. */
static void wait_until(struct skw_send *s, uint64_t end_ns)
{
	uint64_t now_ns = skw_clock_monotonic_ns();
	struct pollfd p = { .fd = s->epoll_fd, .events = POLLIN };

	if (now_ns < end_ns)
		poll(&p, 1, (int)((end_ns - now_ns) / SKW_NS_PER_MS + 1));
}

static bool is_orphaned(const struct skw_send *s)
{
	return skw_loop_check_keeper(s->loop, NULL) != 0;
}

/*
 * Goes on until `done`, or until nothing was delivered for `limit_ns`; with `whole`, for this time
 * in all. Returns 0 or -errno.
 */
static int wait_for(struct skw_send *s, bool (*done)(const struct skw_send *s), uint64_t limit_ns,
		    bool whole, struct skw_error *err)
{
	uint64_t end_ns = skw_clock_monotonic_ns() + limit_ns;
	uint64_t tail = s->ring.tail;
	int ret = step(s, err);

	while (!ret && !done(s) && !is_orphaned(s) && skw_clock_monotonic_ns() < end_ns) {
		wait_until(s, end_ns);
		ret = on_ready(s, err);
		if (!whole && s->ring.tail != tail) {
			tail = s->ring.tail;
			end_ns = skw_clock_monotonic_ns() + limit_ns;
		}
	}
	return ret;
}

static bool is_empty(const struct skw_send *s)
{
	return !skw_post_ring_used(&s->ring);
}

/* Lines in a spool are safe, so nobody waits for a receiver that is not there. */
static bool is_finished(const struct skw_send *s)
{
	return is_empty(s) || (s->plan->spool && s->retry_ns);
}

/* The smallest ring never has that much room, so an empty one always counts as room. */
static bool has_room(const struct skw_send *s)
{
	return is_empty(s) || skw_post_ring_has_room(&s->ring, ROOM_BYTES);
}

static int finish(struct skw_send *s, struct skw_error *err)
{
	s->finishing = true;
	/* It is tried once more, unless the receiver has asked to be left alone. */
	if (!s->must_wait) {
		s->retry_ns = 0;
		s->failures = 0;
	}
	return wait_for(s, is_finished, s->is_patient ? END_PATIENT_NS : END_NS, !s->is_patient,
			err);
}

static int close_send(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_send *s = ctx;
	int ret = 0;

	(void)real_ns;
	if (s->is_open) {
		ret = finish(s, err);
		/* The next start finds the lines without it, too, but not as fast. */
		skw_post_ring_save(&s->ring);
	}
	skw_send_trouble_close(s);
	return ret;
}

static const struct skw_sink_ops ops = { .prepare = prepare,
					 .open = open_send,
					 .start = start,
					 .signal = on_signal,
					 .close = close_send };

struct skw_sink skw_send_sink(struct skw_send *s)
{
	return (struct skw_sink){ &ops, s };
}

/* ---- lines ---- */

void skw_send_line(void *ctx, struct skw_buf *text)
{
	struct skw_send *s = ctx;

	s->unsent++;
	skw_post_stamp(text, &s->stamp, ++s->figures.seen);
}

static void drop(struct skw_send *s, uint64_t lines, int ret)
{
	const char *where = s->plan->spool ? "spool" : "queue";
	uint64_t now_ns = skw_clock_monotonic_ns();

	s->figures.dropped += lines;
	if (s->full_ns && now_ns - s->full_ns < TELL_NS)
		return;
	s->full_ns = now_ns;
	if (ret == -ENOSPC)
		skw_say("the %s is full: new %s are dropped and counted", where, s->what);
	else
		skw_say("--%s: %s: %s are dropped and counted", where, strerror(-ret), s->what);
}

int skw_send_take(void *ctx, const struct skw_buf *text, struct skw_error *err)
{
	struct skw_send *s = ctx;
	uint64_t lines = s->unsent;
	int ret;

	s->unsent = 0;
	if (!text->len)
		return 0;
	ret = skw_post_ring_add(&s->ring, text->data, text->len, (uint32_t)lines);
	if (ret)
		drop(s, lines, ret);
	else if (!s->due_ns)
		s->due_ns = skw_clock_monotonic_ns() + s->plan->batch_ns;
	return s->is_open ? step(s, err) : 0;
}

bool skw_send_has_room(const void *ctx)
{
	const struct skw_send *s = ctx;

	return !s->is_patient || has_room(s);
}

int skw_send_wait(void *ctx, struct skw_error *err)
{
	struct skw_send *s = ctx;

	return wait_for(s, has_room, END_PATIENT_NS, false, err);
}

void skw_send_report(const struct skw_send *s, bool final)
{
	const struct skw_send_figures *f = &s->figures;
	const char *where = s->plan->spool ? "spool" : "queue";

	skw_say("%" PRIu64 " %s sent to %s, %" PRIu64 " of them again; %" PRIu64
		" dropped because the %s was full, %" PRIu64 " refused, %" PRIu64 " %s",
		f->sent, s->what, s->plan->target.name, f->again, f->dropped, where, f->refused,
		s->ring.lines,
		s->plan->spool ? "in the spool"
		: final        ? "not sent"
			       : "waiting");
}
