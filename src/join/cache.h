/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The owners that packets with the same addresses had last, found without taking the packet apart.
 * Only for this room.
 */
#ifndef SKW_JOIN_CACHE_H
#define SKW_JOIN_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/packet.h"
#include "model/packet_owner.h"

#define SKW_JOIN_CACHED 1024

/* The addresses, ports and protocol of a packet, as they lie in it. */
struct skw_join_key {
	uint64_t ports; /* and the protocol and the version of IP */
	uint64_t addrs[4];
};

struct skw_join_cached {
	struct skw_join_key key;
	uint64_t generation; /* of the table when it was found; 0: the place is free */
	const struct skw_packet_owner *sender, *receiver;
	uint64_t sender_id, receiver_id;
	uint64_t connection;
	bool wanted;
};

struct skw_join_cache {
	struct skw_join_cached all[SKW_JOIN_CACHED];
};

/*
 * Finds what is known of the packet's addresses at this generation of the table. Otherwise *place
 * is where to put it, with the key filled in, or NULL: it is not a packet of TCP or UDP, or it is
 * fragmented or has options of IP.
 */
bool skw_join_cache_find(struct skw_join_cache *c, const struct skw_packet *pkt,
			 uint64_t generation, struct skw_join_cached **place);

/*
 * Whether both packets have the same addresses, ports and protocol. It is also false for packets of
 * which skw_join_cache_find() has no place.
 */
bool skw_join_cache_alike(const struct skw_packet *one, const struct skw_packet *other);

#endif
