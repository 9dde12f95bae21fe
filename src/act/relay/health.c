// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/health.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "act/relay/connect.h"
#include "act/relay/tell.h"
#include "util/cleanup.h"

static void change(struct skw_relay *r, struct skw_relay_backend *b, int error)
{
	b->down = error != 0;
	b->downs += b->down;
	skw_relay_tell_health(r, b, error);
	b->streak = 0;
}

/* Takes the result of a check. The next one begins one interval after this one began. */
static void judge(struct skw_relay *r, struct skw_relay_backend *b, int error)
{
	unsigned needed = b->down ? r->plan->rise : r->plan->fall;

	if (b->down == (error != 0)) {
		b->streak = 0;
		return;
	}
	if (++b->streak >= needed)
		change(r, b, error);
}

/* The reset leaves no closed connection behind on either side. */
static void end_check(struct skw_relay *r, struct skw_relay_backend *b, int error)
{
	const struct linger reset = { .l_onoff = 1 };

	if (b->try.fd >= 0) {
		setsockopt(b->try.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(SKW_TAKE_FD(b->try.fd));
	}
	b->check_ns = r->now_ns + r->plan->check_ns;
	judge(r, b, error);
}

static void begin_check(struct skw_relay *r, struct skw_relay_backend *b)
{
	struct epoll_event what = { .events = EPOLLOUT, .data.ptr = &b->try };
	int fd = skw_relay_connect_socket(b);

	/* If descriptors are out, that says nothing about the backend. */
	if (fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM || fd == -ENOBUFS) {
		b->check_ns = r->now_ns + r->plan->check_ns;
		r->starved++;
		return;
	}
	b->try.fd = fd < 0 ? -1 : fd;
	b->check_ns = r->now_ns + r->plan->connect_ns;
	if (fd < 0)
		end_check(r, b, -fd);
	else if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &what) < 0)
		end_check(r, b, errno);
}

void skw_relay_health_look(struct skw_relay *r)
{
	for (size_t i = 0; r->plan->check_ns && i < r->pool.len; i++) {
		struct skw_relay_backend *b = &r->pool.list[i];

		if (r->now_ns < b->check_ns)
			continue;
		if (b->try.fd >= 0)
			end_check(r, b, ETIMEDOUT);
		else
			begin_check(r, b);
	}
}

void skw_relay_health_event(struct skw_relay *r, struct skw_relay_watch *watch)
{
	struct skw_relay_backend *b =
		(void *)((char *)watch - offsetof(struct skw_relay_backend, try));

	/* An event that was fetched before the check has ended. */
	if (watch->fd < 0)
		return;
	end_check(r, b, skw_relay_connect_error(watch->fd));
}

uint64_t skw_relay_health_next_ns(const struct skw_relay *r)
{
	uint64_t next_ns = UINT64_MAX;

	for (size_t i = 0; r->plan->check_ns && i < r->pool.len; i++)
		if (r->pool.list[i].check_ns < next_ns)
			next_ns = r->pool.list[i].check_ns;
	return next_ns;
}
