/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the sockets at both ends of a packet. Only for this room. */
#ifndef SKW_JOIN_SOCKET_H
#define SKW_JOIN_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/flow.h"
#include "join/owners.h"
#include "model/packet.h"
#include "table/table.h"

#define SKW_JOIN_FRAGMENTS  256
#define SKW_JOIN_HANDSHAKES 1024

/* A datagram whose first fragment told its ports. */
struct skw_join_fragment {
	struct skw_tuple tuple; /* proto 0: none */
	uint32_t id;
};

struct skw_join_sockets {
	const struct skw_join_owners_options *opt;
	struct skw_join_fragment fragments[SKW_JOIN_FRAGMENTS];
	/* The hash of a connection whose SYN was answered, at that hash; 0: none. */
	uint32_t handshakes[SKW_JOIN_HANDSHAKES];
};

/* The rows of the sockets of a packet. NULL: none, or unknown. */
struct skw_join_ends {
	const struct skw_row *sender, *receiver;
	uint64_t connection; /* see struct skw_packet */
};

/* Whether the owners of a row are those of its packets, too. NULL is allowed. */
bool skw_join_sockets_are_owned(const struct skw_row *row);

void skw_join_sockets_find(struct skw_join_sockets *s, const struct skw_table *table,
			   uint32_t netns, const struct skw_packet *pkt,
			   struct skw_join_ends *ends);

#endif
