/* SPDX-License-Identifier: BSD-2-Clause */
/* From a link type to the dissector of its header. */
#ifndef SKW_DISSECT_LINK_H
#define SKW_DISSECT_LINK_H

#include "dissect/dissect.h"

/*
 * Prints the packet from its link-layer header on. `iface` may be NULL. Returns the length of the
 * headers that -x, -X and -A leave out.
 */
uint32_t skw_dissect_link(struct skw_dissect *d, const struct skw_packet *pkt,
			  const struct skw_iface *iface);

#endif
