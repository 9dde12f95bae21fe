// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/conn.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "act/relay/kernel.h"
#include "act/relay/tell.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* How often the kernel is asked at once, and then how often in a while. */
#define POLLS_AT_ONCE 16
#define POLL_NS       SKW_NS_PER_MS

static void touch(struct skw_relay *r, struct skw_relay_conn *c)
{
	c->touched_ns = r->now_ns;
	TAILQ_REMOVE(&r->open, c, at);
	TAILQ_INSERT_TAIL(&r->open, c, at);
}

static void set_ready(struct skw_relay *r, struct skw_relay_conn *c, bool ready)
{
	if (ready && !c->is_ready)
		TAILQ_INSERT_TAIL(&r->ready, c, at_ready);
	else if (!ready && c->is_ready)
		TAILQ_REMOVE(&r->ready, c, at_ready);
	c->is_ready = ready;
}

static void set_polled(struct skw_relay *r, struct skw_relay_conn *c, bool polled)
{
	if (polled && TAILQ_EMPTY(&r->polled))
		r->poll_ns = r->now_ns + POLL_NS;
	if (polled && !c->is_polled)
		TAILQ_INSERT_TAIL(&r->polled, c, at_polled);
	else if (!polled && c->is_polled)
		TAILQ_REMOVE(&r->polled, c, at_polled);
	c->is_polled = polled;
}

static void close_end(struct skw_relay_end *end, bool abort)
{
	const struct linger reset = { .l_onoff = 1 };

	if (end->watch.fd < 0)
		return;
	if (abort)
		setsockopt(end->watch.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(SKW_TAKE_FD(end->watch.fd));
}

static void count(struct skw_relay *r, const struct skw_relay_conn *c)
{
	const struct skw_relay_lane *to = &c->lanes[SKW_RELAY_CLIENT];
	const struct skw_relay_lane *from = &c->lanes[SKW_RELAY_SERVER];
	uint64_t lost = skw_relay_lane_held(to) + skw_relay_lane_held(from);
	uint64_t to_bytes = skw_relay_lane_bytes(to), from_bytes = skw_relay_lane_bytes(from);

	r->to_bytes += to_bytes;
	r->from_bytes += from_bytes;
	r->lost_bytes += lost;
	r->kernel_bytes += skw_relay_kernel_moved(c);
	r->active--;
	if (!c->backend)
		return;
	c->backend->active--;
	c->backend->to_bytes += to_bytes;
	c->backend->from_bytes += from_bytes;
	c->backend->lost_bytes += lost;
}

void skw_relay_conn_finish(struct skw_relay *r, struct skw_relay_conn *c, const char *reason,
			   bool abort)
{
	count(r, c);
	skw_relay_tell_end(r, c, reason);
	set_ready(r, c, false);
	set_polled(r, c, false);
	TAILQ_REMOVE(c->is_open ? &r->open : &r->connecting, c, at);
	TAILQ_INSERT_TAIL(&r->dead, c, at);
	c->is_dead = true;
	for (int i = 0; i < SKW_RELAY_SIDES; i++) {
		skw_relay_lane_free(&r->mover, &c->lanes[i]);
		close_end(&c->ends[i], abort);
	}
	skw_relay_kernel_leave(r, c);
}

void skw_relay_conn_reap(struct skw_relay *r)
{
	struct skw_relay_conn *c;

	while ((c = TAILQ_FIRST(&r->dead))) {
		TAILQ_REMOVE(&r->dead, c, at);
		free(c);
	}
}

/* Moves the bytes of both directions as far as they go now. */
static void move(struct skw_relay *r, struct skw_relay_conn *c)
{
	const int lanes = c->backend ? SKW_RELAY_SIDES : 1;
	bool more = false, polls = false;
	int done = 0;

	for (int i = 0; i < lanes; i++) {
		enum skw_relay_moved moved = skw_relay_lane_move(&r->mover, &c->lanes[i]);

		if (moved == SKW_RELAY_FAILED) {
			skw_relay_conn_finish(r, c, i ? "reset by backend" : "reset by client",
					      true);
			return;
		}
		more |= moved == SKW_RELAY_MORE;
		polls |= moved == SKW_RELAY_POLLS;
		done += moved == SKW_RELAY_DONE;
	}
	if (done < lanes) {
		c->polls = polls ? c->polls + 1 : 0;
		set_ready(r, c, more || (polls && c->polls < POLLS_AT_ONCE));
		set_polled(r, c, polls && c->polls >= POLLS_AT_ONCE);
		return;
	}
	bool client = c->ends[SKW_RELAY_CLIENT].failed, server = c->ends[SKW_RELAY_SERVER].failed;

	skw_relay_conn_finish(r, c,
			      client   ? "reset by client"
			      : server ? "reset by backend"
				       : "closed",
			      client || server);
}

void skw_relay_conn_open(struct skw_relay *r, struct skw_relay_conn *c)
{
	c->is_open = true;
	c->touched_ns = r->now_ns;
	TAILQ_INSERT_TAIL(&r->open, c, at);
	skw_relay_tell_begin(r, c);
	skw_relay_kernel_take(r, c);
	move(r, c);
}

void skw_relay_conn_note(struct skw_relay_end *end, uint32_t events)
{
	/* An error or an end is found by reading and by writing. */
	if (events & (EPOLLERR | EPOLLHUP))
		events |= EPOLLIN | EPOLLOUT | EPOLLRDHUP;
	end->readable |= (events & (EPOLLIN | EPOLLRDHUP)) != 0;
	end->writable |= (events & EPOLLOUT) != 0;
	end->ending |= (events & EPOLLRDHUP) != 0;
	end->urgent |= (events & EPOLLPRI) != 0;
}

void skw_relay_conn_event(struct skw_relay *r, struct skw_relay_end *end, uint32_t events)
{
	skw_relay_conn_note(end, events);
	touch(r, end->conn);
	move(r, end->conn);
}

void skw_relay_conn_turns(struct skw_relay *r)
{
	struct skw_relay_conn *last = TAILQ_LAST(&r->ready, skw_relay_conns), *c;

	while (last && (c = TAILQ_FIRST(&r->ready))) {
		/* It goes to the end of the list if it still has more to do. */
		set_ready(r, c, false);
		touch(r, c);
		move(r, c);
		if (c == last)
			break;
	}
}

void skw_relay_conn_poll(struct skw_relay *r)
{
	struct skw_relay_conn *last = TAILQ_LAST(&r->polled, skw_relay_conns), *c;

	if (!last || r->now_ns < r->poll_ns)
		return;
	r->poll_ns = r->now_ns + POLL_NS;
	while ((c = TAILQ_FIRST(&r->polled))) {
		TAILQ_REMOVE(&r->polled, c, at_polled);
		c->is_polled = false;
		move(r, c);
		if (c == last)
			break;
	}
}

bool skw_relay_conn_is_idle(struct skw_relay *r, struct skw_relay_conn *c)
{
	uint64_t moved = skw_relay_kernel_moved(c);

	if (moved == c->seen_bytes)
		return true;
	c->seen_bytes = moved;
	touch(r, c);
	return false;
}
