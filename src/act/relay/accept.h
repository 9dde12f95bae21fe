/* SPDX-License-Identifier: BSD-2-Clause */
/* The listening socket: it takes connections as long as there is room for them. */
#ifndef SKW_ACT_RELAY_ACCEPT_H
#define SKW_ACT_RELAY_ACCEPT_H

#include "act/relay/state.h"
#include "util/error.h"

/* Opens the listening socket, and puts its port into r->listen. Returns 0 or -errno. */
int skw_relay_accept_open(struct skw_relay *r, struct skw_error *err);

/* Takes the connections that wait. */
void skw_relay_accept_event(struct skw_relay *r);

/* Begins or stops to watch the socket, by the limits and the descriptors that are left. */
void skw_relay_accept_update(struct skw_relay *r);

/*
 * Lets the kernel refuse new clients. Clients that it has let in are still taken, until
 * skw_relay_accept_end() finds that it is time to close the socket.
 */
void skw_relay_accept_drain(struct skw_relay *r);

/* Closes the socket if its time has come. Returns whether this call has closed it. */
bool skw_relay_accept_end(struct skw_relay *r);

/* Closes the socket: clients are refused from now on. */
void skw_relay_accept_close(struct skw_relay *r);

#endif
