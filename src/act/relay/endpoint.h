/* SPDX-License-Identifier: BSD-2-Clause */
/* An address and a port: of the listener, of a backend, of a client. */
#ifndef SKW_ACT_RELAY_ENDPOINT_H
#define SKW_ACT_RELAY_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "model/tuple.h"
#include "util/error.h"

struct skw_relay_endpoint {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at;
	socklen_t len;
};

/*
 * Parses "192.0.2.1:80" or "[2001:db8::1]:80". A listener may be ":80", which is [::]:80, and its
 * port may be 0. `what` names the argument for the message. Returns 0, or -EINVAL with err->usage
 * set.
 */
int skw_relay_endpoint_parse(const char *text, bool listens, const char *what,
			     struct skw_relay_endpoint *out, struct skw_error *err);

uint16_t skw_relay_endpoint_port(const struct skw_relay_endpoint *e);

/* Turns an IPv4-mapped address, which a listener on [::] gives, into the IPv4 address. */
void skw_relay_endpoint_unmap(struct skw_relay_endpoint *e);

/* Writes the address in the form of a tuple. */
void skw_relay_endpoint_bytes(const struct skw_relay_endpoint *e, uint8_t addr[16]);

/* A hash of the address, without the port. */
uint64_t skw_relay_endpoint_hash(const struct skw_relay_endpoint *e);

/* "192.0.2.1:80" or "[2001:db8::1]:80". `out` holds SKW_ENDPOINT_SIZE of row/address.h. */
void skw_relay_endpoint_text(const struct skw_relay_endpoint *e, char *out);

#endif
