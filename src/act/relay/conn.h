/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a connection, from the moment when its backend is connected. */
#ifndef SKW_ACT_RELAY_CONN_H
#define SKW_ACT_RELAY_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "act/relay/state.h"

/* The connection's bytes move from now on. */
void skw_relay_conn_open(struct skw_relay *r, struct skw_relay_conn *c);

/* An event of a socket that belongs to an open connection. */
void skw_relay_conn_event(struct skw_relay *r, struct skw_relay_end *end, uint32_t events);

/* Takes the events of an end down, without doing anything about them. */
void skw_relay_conn_note(struct skw_relay_end *end, uint32_t events);

/* Gives each connection that has more to do its turn. */
void skw_relay_conn_turns(struct skw_relay *r);

/* Looks at the connections that wait for the kernel, if it is time. */
void skw_relay_conn_poll(struct skw_relay *r);

/* Whether nothing has moved since the connection was touched, or since this was asked. */
bool skw_relay_conn_is_idle(struct skw_relay *r, struct skw_relay_conn *c);

/*
 * Closes both ends, and tells the reason. `abort`: both peers get a reset, so that none of them
 * takes this for the end of the data.
 */
void skw_relay_conn_finish(struct skw_relay *r, struct skw_relay_conn *c, const char *reason,
			   bool abort);

/* Frees all connections that have ended. */
void skw_relay_conn_reap(struct skw_relay *r);

#endif
