// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/accept.h"

#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "act/relay/connect.h"
#include "act/relay/window.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* Connections that are taken before others have their turn. */
#define TURNS 64
/* The wait after descriptors or memory were out. */
#define STARVED_NS (100 * SKW_NS_PER_MS)
/*
 * How long a client that has begun its handshake has time to end it, after which the listener
 * closes. Closing it resets all connections that it still has.
 */
#define GRACE_NS (100 * SKW_NS_PER_MS)

static int set_up(int fd, struct skw_relay_endpoint *at)
{
	const int on = 1, off = 0;

	at->len = at->at.any.sa_family == AF_INET ? sizeof(at->at.v4) : sizeof(at->at.v6);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -errno;
	if (at->at.any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&at->at.v6.sin6_addr) &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0)
		return -errno;
	skw_relay_window_set_listener(fd);
	if (bind(fd, &at->at.any, at->len) < 0 || listen(fd, SOMAXCONN) < 0 ||
	    getsockname(fd, &at->at.any, &at->len) < 0)
		return -errno;
	return 0;
}

int skw_relay_accept_open(struct skw_relay *r, struct skw_error *err)
{
	SKW_AUTO_FD int fd =
		socket(r->listen.at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return skw_error_set(err, -errno, "%s: %s", r->plan->listen, strerror(errno));
	int ret = set_up(fd, &r->listen);
	if (ret)
		return skw_error_set(
			err, ret, "%s can't be listened on: %s%s", r->plan->listen, strerror(-ret),
			ret == -EACCES ? "; ports below 1024 need CAP_NET_BIND_SERVICE" : "");
	r->listener.fd = SKW_TAKE_FD(fd);
	return 0;
}

static void starve(struct skw_relay *r)
{
	r->starved++;
	r->accept_ns = r->now_ns + STARVED_NS;
}

/* Returns false if no more connections can be taken now. */
static bool take(struct skw_relay *r)
{
	struct skw_relay_endpoint from = { .len = sizeof(from.at) };
	int fd = accept4(r->listener.fd, &from.at.any, &from.len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			starve(r);
		/* Other errors are those of one connection: accept(2). */
		return errno != EAGAIN && !r->accept_ns;
	}
	r->accepted++;
	skw_relay_endpoint_unmap(&from);
	if (skw_relay_connect_begin(r, fd, &from))
		starve(r);
	return !r->accept_ns;
}

static bool has_room(const struct skw_relay *r)
{
	return r->active < r->plan->most && !r->accept_ns && !skw_relay_backend_all_full(&r->pool);
}

void skw_relay_accept_event(struct skw_relay *r)
{
	for (int i = 0; i < TURNS && r->listener.fd >= 0 && has_room(r); i++)
		if (!take(r))
			break;
}

void skw_relay_accept_update(struct skw_relay *r)
{
	struct epoll_event what = { .events = EPOLLIN, .data.ptr = &r->listener };

	if (r->accept_ns && r->now_ns >= r->accept_ns)
		r->accept_ns = 0;
	if (r->listener.fd < 0 || r->paused != has_room(r))
		return;
	if (epoll_ctl(r->epoll_fd, r->paused ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, r->listener.fd,
		      &what) == 0)
		r->paused = !r->paused;
}

/*
 * No packet comes from this interface, so the kernel does not find the listener for a new client,
 * and refuses it. A client that has begun its handshake has a socket of its own, which the kernel
 * still puts into the queue of the listener.
 */
#define NO_INTERFACE INT_MAX

void skw_relay_accept_drain(struct skw_relay *r)
{
	const int ifindex = NO_INTERFACE;

	r->close_ns = r->now_ns + GRACE_NS;
	/* If this fails, a client that comes when the socket closes is reset and not refused. */
	if (r->listener.fd >= 0)
		setsockopt(r->listener.fd, SOL_SOCKET, SO_BINDTOIFINDEX, &ifindex, sizeof(ifindex));
}

bool skw_relay_accept_end(struct skw_relay *r)
{
	if (r->listener.fd < 0 || !r->close_ns || r->now_ns < r->close_ns)
		return false;
	while (has_room(r) && take(r))
		;
	skw_relay_accept_close(r);
	return true;
}

/* The connections that nobody has accepted. */
static unsigned waiting(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 ? 0 : info.tcpi_unacked;
}

void skw_relay_accept_close(struct skw_relay *r)
{
	if (r->listener.fd < 0)
		return;
	r->left += waiting(r->listener.fd);
	close(SKW_TAKE_FD(r->listener.fd));
}
