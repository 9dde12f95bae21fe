// SPDX-License-Identifier: BSD-2-Clause
/* Functions by which sources, sinks and the other files of the loop read and change its state. */
#include "loop/state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

int skw_loop_epoll_fd(const struct skw_loop *l)
{
	return l->epoll_fd;
}

int skw_loop_interrupt_fd(const struct skw_loop *l)
{
	return l->interrupt_fd;
}

struct skw_keeper *skw_loop_keeper(const struct skw_loop *l)
{
	return l->keeper;
}

const struct skw_loop_clock *skw_loop_clock(const struct skw_loop *l)
{
	return &l->clock;
}

void skw_loop_stop(struct skw_loop *l)
{
	l->stop = true;
}

void skw_loop_enough(struct skw_loop *l)
{
	l->stop = l->enough = true;
}

int skw_loop_fail(struct skw_loop *l, int ret)
{
	if (!l->failure)
		l->failure = ret;
	l->stop = true;
	return 0;
}

bool skw_loop_is_over(const struct skw_loop *l)
{
	return l->enough;
}

bool skw_loop_has_failed(const struct skw_loop *l)
{
	return l->failure != 0;
}

void skw_loop_take_events(struct skw_loop *l,
			  int (*handler)(void *ctx, void *data, uint32_t events,
					 struct skw_error *err),
			  void *ctx)
{
	l->taker = handler;
	l->taker_ctx = ctx;
}

int skw_loop_watch(struct skw_loop *l, int fd, uint32_t events,
		   int (*handler)(void *ctx, struct skw_error *err), void *ctx)
{
	struct epoll_event what = { .events = events, .data.u64 = l->watchers_len };
	struct skw_loop_watcher *watchers =
		reallocarray(l->watchers, l->watchers_len + 1, sizeof(*watchers));

	if (!watchers)
		return -ENOMEM;
	l->watchers = watchers;
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &what) < 0)
		return -errno;
	watchers[l->watchers_len++] = (struct skw_loop_watcher){ handler, ctx };
	return 0;
}
