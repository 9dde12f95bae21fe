/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IP fragments to whole datagrams (RFC 791, RFC 8200 section 4.5). A fixed number of datagrams is
 * put together at a time; a newer one takes the place of an older one. Fragments that overlap make
 * their datagram useless, as in Linux (RFC 5722), but one that comes twice does no harm.
 */
#ifndef SKW_FLOW_PAYLOAD_DATAGRAMS_H
#define SKW_FLOW_PAYLOAD_DATAGRAMS_H

#include <stdint.h>

#include "flow/flow.h"
#include "model/packet.h"

#define SKW_DATAGRAMS_KEPT 64 /* of at most 64 KiB each */

struct skw_datagrams;

/* NULL: memory is short. `key` is made by chance. */
struct skw_datagrams *skw_datagrams_new(const uint64_t key[2]);
void skw_datagrams_free(struct skw_datagrams *d); /* NULL is allowed */

/*
 * Takes a fragment, whose flow skw_flow_of() has told. 1: the datagram is whole, and *whole is a
 * packet (DLT_RAW) with the owners and the time of this one; its data are borrowed until the next
 * call. 0: it is not whole yet, or never will be. -ENOMEM.
 */
int skw_datagrams_take(struct skw_datagrams *d, const struct skw_packet *pkt,
		       const struct skw_flow *flow, struct skw_packet *whole);

/* The number of fragments that did not become part of a whole datagram. */
uint64_t skw_datagrams_lost(const struct skw_datagrams *d);

#endif
