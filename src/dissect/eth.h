/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet, IEEE 802.1Q and 802.2, and what they carry. */
#ifndef SKW_DISSECT_ETH_H
#define SKW_DISSECT_ETH_H

#include "dissect/dissect.h"

/* Returns the length of all link-layer headers, tags and LLC included. */
uint32_t skw_dissect_ether(struct skw_dissect *d, struct skw_bytes b);

/* An 802.2 header and its payload. Returns the header's length. */
uint32_t skw_dissect_llc(struct skw_dissect *d, struct skw_bytes b);

/* "vlan 5, p 0" of a tag's first two bytes, with ", DEI" if that bit is set. */
void skw_dissect_vlan_tag(struct skw_dissect *d, uint16_t tci);

/* "ethertype IPv4 (0x0800)", and for -q "IPv4" or "Unknown Ethertype (0x9999)". */
void skw_dissect_ethertype_name(struct skw_dissect *d, uint16_t ethertype);

/* Bytes that nothing here understands, unless -x and the like show them anyway, or -q. */
void skw_dissect_unknown(struct skw_dissect *d, struct skw_bytes b);

#endif
