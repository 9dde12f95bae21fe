// SPDX-License-Identifier: BSD-2-Clause
#include "pipes.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "util/cleanup.h"

/* The kernel rounds this up to a page. */
#define NARROW_BYTES 1
/* No event tells that a pipe has become full. */
#define LOOK_EVERY_US 1000

/* Needs a reader, as it does not wait for one. */
static int open_writer(const char *fifo)
{
	int fd = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		perror(fifo);
	return fd;
}

int pipe_narrow(const char *fifo)
{
	SKW_AUTO_FD int fd = open_writer(fifo);

	if (fd < 0)
		return 1;
	if (fcntl(fd, F_SETPIPE_SZ, NARROW_BYTES) < 0) {
		perror("F_SETPIPE_SZ");
		return 1;
	}
	return 0;
}

int pipe_await_full(const char *fifo)
{
	SKW_AUTO_FD int fd = open_writer(fifo);

	if (fd < 0)
		return 1;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLOUT };

		if (poll(&p, 1, 0) < 0) {
			perror("poll");
			return 1;
		}
		if (!p.revents)
			return 0;
		usleep(LOOK_EVERY_US);
	}
}
