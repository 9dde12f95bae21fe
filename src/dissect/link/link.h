/* SPDX-License-Identifier: BSD-2-Clause */
/* Chooses the dissector for a link type. */
#ifndef SKW_DISSECT_LINK_H
#define SKW_DISSECT_LINK_H

#include "dissect/dissect.h"

/*
 * Prints the packet, beginning with its link-layer header. Returns the length of the headers that
 * -x, -X and -A leave out.
 */
uint32_t skw_dissect_link(struct skw_dissect *d, const struct skw_packet *pkt);

#endif
