/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ports of fragmented datagrams: only a datagram's first fragment has them. A fixed number of
 * datagrams is kept; a newer one takes the place of an older one.
 */
#ifndef SKW_FLOW_FRAGMENTS_H
#define SKW_FLOW_FRAGMENTS_H

#include <stdbool.h>

#include "flow/flow.h"

#define SKW_FRAGMENTS_KEPT 1024

struct skw_fragments {
	struct {
		struct skw_tuple tuple;
		uint32_t id;
	} kept[SKW_FRAGMENTS_KEPT];
};

/* Notes the ports of a first fragment. `hash` is a number made of addresses, protocol and id. */
void skw_fragments_note(struct skw_fragments *f, const struct skw_flow *flow, uint64_t hash);

/* Gives a later fragment its ports. False if its first fragment was not seen. */
bool skw_fragments_find(const struct skw_fragments *f, struct skw_flow *flow, uint64_t hash);

#endif
