/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of the IPv4 header (RFC 791, 1393, 2113), as -v shows them. */
#ifndef SKW_PACKET_IP_OPTIONS_H
#define SKW_PACKET_IP_OPTIONS_H

#include "packet/dissect.h"

/* False if the captured bytes end within the options; that has been printed then. */
bool skw_dissect_ip_options(struct skw_dissect *d, struct skw_bytes b);

/* Where a source route ends, which checksums are made with: 4 bytes within b, or NULL. */
const uint8_t *skw_ip_options_last_hop(struct skw_bytes b);

#endif
