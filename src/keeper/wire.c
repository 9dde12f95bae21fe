// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "keeper/keeper.h"

/*
 * Twice the number that is allowed, so that too many descriptors are noticed and not silently lost.
 */
#define RECEIVE_FDS_MAX (2 * SKW_KEEPER_FDS_MAX)

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(RECEIVE_FDS_MAX * sizeof(int))];
};

static int gone(int error)
{
	/* The socket reports a reset instead of its end if the dead peer left messages unread. */
	return error == ECONNRESET ? -EPIPE : -error;
}

int skw_wire_send(int fd, const struct skw_wire_header *h, const void *payload, size_t len,
		  const int *fds, size_t n_fds)
{
	struct iovec iov[2] = { { (void *)h, sizeof(*h) }, { (void *)payload, len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = len ? 2 : 1 };
	union control control;
	ssize_t n;

	if (n_fds > SKW_KEEPER_FDS_MAX)
		return -EMSGSIZE;
	if (n_fds) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
	}
	do {
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? gone(errno) : 0;
}

bool skw_wire_has_room(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int n;

	do {
		n = poll(&p, 1, ms);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static size_t take_fds(struct msghdr *msg, int *fds)
{
	size_t n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t bytes = c->cmsg_len - CMSG_LEN(0);

		for (size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + at, sizeof(fd));
			if (n < RECEIVE_FDS_MAX)
				fds[n++] = fd;
			else
				close(fd);
		}
	}
	return n;
}

int skw_wire_receive(int fd, struct skw_wire_header *h, void *payload, size_t *len, int *fds,
		     size_t *n_fds)
{
	struct iovec iov[2] = { { h, sizeof(*h) }, { payload, *len } };
	union control control;
	struct msghdr msg = {
		.msg_iov = iov,
		.msg_iovlen = *len ? 2 : 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	int got[RECEIVE_FDS_MAX];
	size_t room = fds ? *n_fds : 0;
	ssize_t n;

	do {
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return gone(errno);
	if (n == 0)
		return -EPIPE;

	size_t n_got = take_fds(&msg, got);
	int ret = 0;
	if ((size_t)n < sizeof(*h))
		ret = -EBADMSG;
	else if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || n_got > room)
		ret = -EMSGSIZE;
	if (ret) {
		while (n_got)
			close(got[--n_got]);
		return ret;
	}
	*len = (size_t)n - sizeof(*h);
	if (n_got)
		memcpy(fds, got, n_got * sizeof(*fds));
	if (n_fds)
		*n_fds = n_got;
	return 0;
}
