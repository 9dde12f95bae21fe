/* SPDX-License-Identifier: BSD-2-Clause */
/* One way to end a connection. Only for conns_ends.c and conns_broken.c. */
#ifndef LIVE_CONNS_ENDS_H
#define LIVE_CONNS_ENDS_H

#include "conns.h"

struct end {
	const struct conns_plan *plan;
	int family, port;
	int listener, client, server; /* -1: none */
};

struct end_kind {
	const char *name;
	void (*run)(struct end *e);
	const char *client, *server; /* the reasons of both ends; "-": it does not end */
	bool v4_only;                /* with IPv6 the kernel does not show it */
};

/* Connects e->client to e->listener, which accepts e->server. */
void end_open_pair(struct end *e);
/* Blocks until the socket has failed with that error. */
void end_await_error(int fd, int want);
/* Closes a socket so that it sends a reset. */
void end_close_hard(int fd);

/* Ends that are easily mistaken for others; the last has no name. */
extern const struct end_kind end_broken_kinds[];

#endif
