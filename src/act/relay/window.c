// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/window.h"

#include <linux/socket.h>
#include <stdbool.h>
#include <sys/socket.h>

static bool has_size(int fd)
{
	socklen_t len = sizeof(int);
	int bytes = 0;

	return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len) == 0 &&
	       bytes >= SKW_RELAY_BUFFER_BYTES;
}

/* The kernel doubles it: socket(7). */
static const int half = SKW_RELAY_BUFFER_BYTES / 2;

void skw_relay_window_set(int fd)
{
	const int unlocked = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &half, sizeof(half));
	/* A smaller one for good would be too small for a long way. */
	if (!has_size(fd))
		setsockopt(fd, SOL_SOCKET, SO_BUF_LOCK, &unlocked, sizeof(unlocked));
}

void skw_relay_window_set_listener(int fd)
{
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &half, sizeof(half)) < 0)
		skw_relay_window_set(fd);
}
