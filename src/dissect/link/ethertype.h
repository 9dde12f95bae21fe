/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethertypes (IANA "IEEE 802 Numbers") and the names that tcpdump prints with -e. */
#ifndef SKW_DISSECT_ETHERTYPE_H
#define SKW_DISSECT_ETHERTYPE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SKW_ETHER_LENGTH_MAX = 1500, /* up to this value the field is a length (IEEE 802.3) */
	SKW_ETHER_IPV4 = 0x0800,
	SKW_ETHER_ARP = 0x0806,
	SKW_ETHER_RARP = 0x8035,
	SKW_ETHER_BRIDGED = 0x6558, /* an Ethernet frame in a tunnel */
	SKW_ETHER_VLAN = 0x8100,
	SKW_ETHER_IPV6 = 0x86dd,
	SKW_ETHER_PPP = 0x880b,
	SKW_ETHER_MPLS = 0x8847,
	SKW_ETHER_MPLS_MULTICAST = 0x8848,
	SKW_ETHER_PPPOE_DISCOVERY = 0x8863,
	SKW_ETHER_PPPOE_SESSION = 0x8864,
	SKW_ETHER_QINQ = 0x88a8,
	SKW_ETHER_QINQ_9100 = 0x9100,
	SKW_ETHER_QINQ_9200 = 0x9200,
};

/* Returns NULL if the ethertype has no name. */
const char *skw_ethertype_name(uint16_t ethertype);

/* Whether a payload of this type is printed as its name and length. */
bool skw_ethertype_named(uint16_t ethertype);

bool skw_ethertype_is_vlan(uint16_t ethertype);

#endif
