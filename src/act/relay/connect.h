/* SPDX-License-Identifier: BSD-2-Clause */
/* The beginning of a connection: a backend is chosen and connected. */
#ifndef SKW_ACT_RELAY_CONNECT_H
#define SKW_ACT_RELAY_CONNECT_H

#include <stdint.h>

#include "act/relay/state.h"

/*
 * A socket that connects to the backend without waiting. Returns the descriptor, which the caller
 * owns, or -errno.
 */
int skw_relay_connect_socket(const struct skw_relay_backend *b);

/* Whether a socket is connected: 0, or the errno of the failure. */
int skw_relay_connect_error(int fd);

/*
 * Takes the client's socket, also on failure. Returns 0, or -errno if descriptors or memory are
 * out; the client is reset then.
 */
int skw_relay_connect_begin(struct skw_relay *r, int fd, const struct skw_relay_endpoint *from);

/* An event of a connection that is not open yet. */
void skw_relay_connect_event(struct skw_relay *r, struct skw_relay_end *end, uint32_t events);

/* The backend did not answer in time. */
void skw_relay_connect_late(struct skw_relay *r, struct skw_relay_conn *c);

#endif
