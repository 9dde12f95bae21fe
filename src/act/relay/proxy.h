/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header by which a backend learns the client's address: the PROXY protocol of HAProxy
 * (doc/proxy-protocol.txt), versions 1 and 2.
 */
#ifndef SKW_ACT_RELAY_PROXY_H
#define SKW_ACT_RELAY_PROXY_H

#include <stddef.h>
#include <stdint.h>

#include "act/relay/endpoint.h"

/* The longest line of version 1 is 107 bytes (section 2.1); a terminating zero is not counted. */
#define SKW_RELAY_PROXY_SIZE 108

/*
 * Writes the header of a connection from `from` to `to`, which have the same family. `version` is 1
 * or 2. `out` holds SKW_RELAY_PROXY_SIZE. Returns its length.
 */
size_t skw_relay_proxy_header(unsigned version, const struct skw_relay_endpoint *from,
			      const struct skw_relay_endpoint *to, uint8_t *out);

#endif
