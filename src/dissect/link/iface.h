/* SPDX-License-Identifier: BSD-2-Clause */
/* Interface and direction in front of a line, as tcpdump -i any prints them. */
#ifndef SKW_DISSECT_LINK_IFACE_H
#define SKW_DISSECT_LINK_IFACE_H

#include "dissect/dissect.h"

/* The names of PACKET_HOST to PACKET_OUTGOING of linux/if_packet.h; "?" for other values. */
const char *skw_dissect_pkt_type(uint32_t type);

/* `name` may be NULL, and is escaped: a name from a file is untrusted. */
void skw_dissect_iface(struct skw_dissect *d, const char *name, uint32_t ifindex, const char *dir);

#endif
