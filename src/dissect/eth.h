/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet, IEEE 802.1Q and 802.2, and their payloads. */
#ifndef SKW_DISSECT_ETH_H
#define SKW_DISSECT_ETH_H

#include "dissect/dissect.h"

/* Returns the length of all link-layer headers, including tags and LLC. */
uint32_t skw_dissect_ether(struct skw_dissect *d, struct skw_bytes b);

/* Prints an 802.2 header and its payload. Returns the length of the header. */
uint32_t skw_dissect_llc(struct skw_dissect *d, struct skw_bytes b);

/* Prints "vlan 5, p 0" from the first two bytes of a tag, and ", DEI" if that bit is set. */
void skw_dissect_vlan_tag(struct skw_dissect *d, uint16_t tci);

/* Prints "ethertype IPv4 (0x0800)", or with -q "IPv4" or "Unknown Ethertype (0x9999)". */
void skw_dissect_ethertype_name(struct skw_dissect *d, uint16_t ethertype);

/*
 * Prints bytes of an unknown protocol, unless -x or the like prints all bytes anyway, or -q is set.
 */
void skw_dissect_unknown(struct skw_dissect *d, struct skw_bytes b);

#endif
