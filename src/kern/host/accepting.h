/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a process takes the connections of a socket, as /proc shows it. */
#ifndef SKW_KERN_HOST_ACCEPTING_H
#define SKW_KERN_HOST_ACCEPTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kern/host/foreign.h"

struct skw_accepting {
	struct skw_foreign_socket is; /* the listening socket */
	bool seen;                    /* set once a process takes its connections */
};

/*
 * Looks at a process and its descendants, and sets `seen` of the sockets that one of them waits on,
 * in accept(2), poll(2), select(2) or by a set of epoll(7), or of which it has an accepted
 * connection: a busy server rarely waits. Returns whether all sockets were seen by now.
 */
bool skw_accepting_look(uint32_t pid, struct skw_accepting *sockets, size_t n);

#endif
