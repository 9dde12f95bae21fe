/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses that packets of a socket have, beside those that the socket itself has: translated
 * ones, those of a listener's handshake, and the ones that a socket of UDP really uses. Each leads
 * to a cookie.
 */
#ifndef SKW_TABLE_WIRES_H
#define SKW_TABLE_WIRES_H

#include <stdbool.h>
#include <stdint.h>

#include "table/slots.h"

/* No more than these are remembered: 5 MB. */
#define SKW_WIRES_MAX 65536U

struct skw_wire {
	struct skw_tuple tuple;
	uint32_t netns;
	uint32_t next;     /* place + 1 of the next in its chain */
	bool is_handshake; /* the socket is a listener that has answered a SYN */
	uint64_t cookie;
	uint64_t ts_ns;
};

struct skw_wires {
	struct skw_wire *all; /* owned */
	uint32_t *buckets;    /* owned, as many as `size`; place + 1, 0: none */
	uint32_t len, size;
};

void skw_wires_free(struct skw_wires *w);

/*
 * Remembers the addresses; `next` is ignored. Of TCP, they lead to one socket of a namespace: the
 * last. If there are many, addresses of sockets without a row are forgotten. 0 or -ENOMEM.
 */
int skw_wires_put(struct skw_wires *w, const struct skw_slots *slots, const struct skw_wire *wire);

/* Every one with this tuple, of any namespace: *at is 0 at first. NULL: there is no other. */
const struct skw_wire *skw_wires_next(const struct skw_wires *w, const struct skw_tuple *tuple,
				      uint32_t *at);

#endif
