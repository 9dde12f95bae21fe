/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a process waits for connections on a socket, as /proc shows it. */
#ifndef SKW_KERN_HOST_ACCEPTING_H
#define SKW_KERN_HOST_ACCEPTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct skw_accepting {
	uint32_t inode; /* of the socket */
	bool seen;      /* set once a process waits on it */
};

/*
 * Looks at a process and its descendants, and sets `seen` of the sockets that one of them waits on:
 * in accept(2), poll(2), select(2), or by a set of epoll(7) that has the socket. io_uring can't be
 * seen. Returns whether all sockets were seen by now.
 */
bool skw_accepting_look(uint32_t pid, struct skw_accepting *sockets, size_t n);

#endif
