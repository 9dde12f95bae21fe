// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/connect.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "act/relay/conn.h"
#include "act/relay/proxy.h"
#include "act/relay/tell.h"
#include "act/relay/window.h"
#include "util/cleanup.h"

int skw_relay_connect_socket(const struct skw_relay_backend *b)
{
	SKW_AUTO_FD int fd =
		socket(b->at.at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	skw_relay_window_set(fd);
	if (connect(fd, &b->at.at.any, b->at.len) < 0 && errno != EINPROGRESS)
		return -errno;
	return SKW_TAKE_FD(fd);
}

int skw_relay_connect_error(int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 ? errno : error;
}

/* Bytes must not wait for more of them, and a peer that has vanished is found out at last. */
static int watch_end(struct skw_relay *r, struct skw_relay_end *end)
{
	struct epoll_event what = { .events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				    .data.ptr = &end->watch };
	const int on = 1, unsent = SKW_RELAY_UNSENT_BYTES;

	setsockopt(end->watch.fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
	setsockopt(end->watch.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(end->watch.fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	return epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, end->watch.fd, &what) < 0 ? -errno : 0;
}

static struct skw_relay_conn *new_conn(struct skw_relay *r, int fd,
				       const struct skw_relay_endpoint *from)
{
	struct skw_relay_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->client = *from;
	c->began_ns = c->touched_ns = r->now_ns;
	for (int i = 0; i < SKW_RELAY_SIDES; i++) {
		c->ends[i].watch = (struct skw_relay_watch){ SKW_RELAY_END, i ? -1 : fd };
		c->ends[i].conn = c;
		c->lanes[i].pipe = (struct skw_relay_pipe){ -1, -1 };
		c->lanes[i].from = &c->ends[i];
		c->lanes[i].to = &c->ends[r->plan->echo ? i : 1 - i];
	}
	r->active++;
	if (r->active > r->peak)
		r->peak = r->active;
	TAILQ_INSERT_TAIL(&r->connecting, c, at);
	return c;
}

/* The backend has not taken the connection. */
static void give_up(struct skw_relay_conn *c)
{
	if (c->ends[SKW_RELAY_SERVER].watch.fd >= 0)
		close(SKW_TAKE_FD(c->ends[SKW_RELAY_SERVER].watch.fd));
	if (c->backend)
		c->backend->active--;
	c->backend = NULL;
}

static void count_failure(struct skw_relay *r, struct skw_relay_conn *c, int error)
{
	c->backend->failed++;
	skw_relay_tell_failed(r, c, error);
	give_up(c);
}

static int try_one(struct skw_relay *r, struct skw_relay_conn *c)
{
	struct skw_relay_end *end = &c->ends[SKW_RELAY_SERVER];
	int fd = skw_relay_connect_socket(c->backend);

	if (fd < 0)
		return fd;
	end->watch.fd = fd;
	end->readable = end->writable = end->ending = false;
	return watch_end(r, end);
}

static bool is_starving(int ret)
{
	return ret == -EMFILE || ret == -ENFILE || ret == -ENOMEM || ret == -ENOBUFS;
}

/*
 * Begins to connect to the next backend, or resets the client if there is none. Returns 0, or
 * -errno if descriptors or memory are out.
 */
static int try_next(struct skw_relay *r, struct skw_relay_conn *c)
{
	uint64_t hash = skw_relay_endpoint_hash(&c->client);

	while ((c->backend = skw_relay_backend_pick(&r->pool, hash, c->tried))) {
		c->tried |= 1ULL << (c->backend - r->pool.list);
		c->backend->active++;
		c->touched_ns = r->now_ns;
		int ret = try_one(r, c);

		if (!ret)
			return 0;
		if (is_starving(ret)) {
			give_up(c);
			skw_relay_conn_finish(r, c, "out of descriptors or memory", true);
			return ret;
		}
		count_failure(r, c, -ret);
	}
	r->refused++;
	skw_relay_conn_finish(r, c, "no backend", true);
	return 0;
}

static void try_again(struct skw_relay *r, struct skw_relay_conn *c)
{
	/* The list is in order of the time when the attempt began. */
	TAILQ_REMOVE(&r->connecting, c, at);
	TAILQ_INSERT_TAIL(&r->connecting, c, at);
	if (try_next(r, c))
		r->starved++;
}

static void open_conn(struct skw_relay *r, struct skw_relay_conn *c)
{
	TAILQ_REMOVE(&r->connecting, c, at);
	skw_relay_conn_open(r, c);
}

int skw_relay_connect_begin(struct skw_relay *r, int fd, const struct skw_relay_endpoint *from)
{
	struct skw_relay_conn *c = new_conn(r, fd, from);

	if (!c) {
		close(fd);
		return -ENOMEM;
	}
	int ret = watch_end(r, &c->ends[SKW_RELAY_CLIENT]);
	if (ret) {
		skw_relay_conn_finish(r, c, "out of descriptors or memory", true);
		return ret;
	}
	if (!r->plan->echo)
		return try_next(r, c);
	open_conn(r, c);
	return 0;
}

static int add_header(struct skw_relay *r, struct skw_relay_conn *c)
{
	struct skw_relay_endpoint own = { .len = sizeof(own.at) };
	uint8_t header[SKW_RELAY_PROXY_SIZE];

	if (!r->plan->proxy)
		return 0;
	if (getsockname(c->ends[SKW_RELAY_CLIENT].watch.fd, &own.at.any, &own.len) < 0)
		return -errno;
	skw_relay_endpoint_unmap(&own);
	return skw_relay_lane_head(
		&c->lanes[SKW_RELAY_CLIENT], header,
		skw_relay_proxy_header(r->plan->proxy, &c->client, &own, header));
}

void skw_relay_connect_event(struct skw_relay *r, struct skw_relay_end *end, uint32_t events)
{
	struct skw_relay_conn *c = end->conn;

	skw_relay_conn_note(end, events);
	if (end == &c->ends[SKW_RELAY_CLIENT]) {
		/* Its bytes wait until the backend is there, but a reset ends the attempt. */
		if (events & EPOLLERR)
			skw_relay_conn_finish(r, c, "reset by client", true);
		return;
	}
	int error = skw_relay_connect_error(end->watch.fd);
	if (error) {
		count_failure(r, c, error);
		try_again(r, c);
		return;
	}
	if (!(events & EPOLLOUT))
		return;
	c->backend->connections++;
	if (add_header(r, c))
		skw_relay_conn_finish(r, c, "out of descriptors or memory", true);
	else
		open_conn(r, c);
}

void skw_relay_connect_late(struct skw_relay *r, struct skw_relay_conn *c)
{
	count_failure(r, c, ETIMEDOUT);
	try_again(r, c);
}
