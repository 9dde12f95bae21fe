// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/window.h"

#include <linux/socket.h>
#include <sys/socket.h>

#include "act/relay/lane.h"
#include "util/cleanup.h"

/* The buffer of a sender whose receiver has stopped has at least this size. */
#define STOPPED_BYTES 2097152

/* The kernel does not change the size of a buffer with this lock. If it fails, tcp_rmem remains. */
static void lock(int fd, bool on)
{
	const int locks = on ? SOCK_RCVBUF_LOCK : 0;

	setsockopt(fd, SOL_SOCKET, SO_BUF_LOCK, &locks, sizeof(locks));
}

void skw_relay_window_freeze(int fd)
{
	lock(fd, true);
}

static int size_of(int fd)
{
	socklen_t len = sizeof(int);
	int bytes = 0;

	return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len) < 0 ? 0 : bytes;
}

/* Sets the size, and locks it. */
static void set_size(int fd, int bytes)
{
	const int half = bytes / 2; /* the kernel doubles it: socket(7) */

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &half, sizeof(half));
}

bool skw_relay_window_can_shrink(void)
{
	SKW_AUTO_FD int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return false;
	set_size(fd, SKW_RELAY_BUFFER_BYTES);
	return size_of(fd) >= SKW_RELAY_BUFFER_BYTES;
}

void skw_relay_window_look(struct skw_relay_end *from, bool can_shrink)
{
	if (from->full || size_of(from->watch.fd) <= SKW_RELAY_BUFFER_BYTES)
		return;
	if (can_shrink)
		set_size(from->watch.fd, SKW_RELAY_BUFFER_BYTES);
	else
		lock(from->watch.fd, true);
	from->full = true;
}

void skw_relay_window_fix(struct skw_relay_end *from, bool can_shrink)
{
	if (can_shrink)
		set_size(from->watch.fd, SKW_RELAY_BUFFER_BYTES);
	else
		lock(from->watch.fd, false);
	from->full = true;
}

void skw_relay_window_follow(struct skw_relay_end *from, bool stopped, bool can_shrink)
{
	if (from->full || from->frozen == stopped)
		return;
	lock(from->watch.fd, stopped);
	from->frozen = stopped;
	if (!stopped)
		return;
	/* A receiver that stops now and then must not keep the buffer small. */
	if (can_shrink && size_of(from->watch.fd) < STOPPED_BYTES)
		set_size(from->watch.fd, STOPPED_BYTES);
	else
		skw_relay_window_look(from, can_shrink);
}
