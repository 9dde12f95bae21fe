// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/link/ethertype.h"

#include <stddef.h>

#include "util/cleanup.h"

static const struct {
	uint16_t type;
	bool named; /* a frame is printed as "name, length N" and not as unknown bytes */
	const char *name;
} types[] = {
	{ SKW_ETHER_IPV4, false, "IPv4" },
	{ SKW_ETHER_IPV6, false, "IPv6" },
	{ SKW_ETHER_ARP, false, "ARP" },
	{ SKW_ETHER_VLAN, false, "802.1Q" },
	{ SKW_ETHER_QINQ, false, "802.1Q-QinQ" },
	{ SKW_ETHER_QINQ_9100, false, "802.1Q-9100" },
	{ SKW_ETHER_QINQ_9200, false, "802.1Q-9200" },
	{ SKW_ETHER_RARP, false, "Reverse ARP" },
	{ 0x0600, false, "NS" },
	{ 0x0707, true, "GeoNet (old)" },
	{ 0x1000, false, "Trail" },
	{ 0x1111, true, "CALM FAST" },
	{ 0x6001, false, "MOP DL" },
	{ 0x6002, false, "MOP RC" },
	{ 0x6003, true, "DN" },
	{ 0x6004, false, "LAT" },
	{ 0x6007, false, "SCA" },
	{ SKW_ETHER_BRIDGED, false, "TEB" },
	{ 0x8038, false, "Lanbridge" },
	{ 0x803c, false, "DEC DNS" },
	{ 0x803e, false, "DEC DTS" },
	{ 0x805b, false, "VEXP" },
	{ 0x805c, false, "VPROD" },
	{ 0x809b, true, "Appletalk" },
	{ 0x80f3, true, "Appletalk ARP" },
	{ 0x8137, true, "IPX" },
	{ 0x8808, true, "MPCP" },
	{ 0x8809, true, "Slow Protocols" },
	{ SKW_ETHER_PPP, false, "PPP" },
	{ SKW_ETHER_MPLS, false, "MPLS unicast" },
	{ SKW_ETHER_MPLS_MULTICAST, false, "MPLS multicast" },
	{ SKW_ETHER_PPPOE_DISCOVERY, false, "PPPoE D" },
	{ SKW_ETHER_PPPOE_SESSION, false, "PPPoE S" },
	{ 0x886f, true, "MS NLB heartbeat" },
	{ 0x888e, true, "EAPOL" },
	{ 0x8899, true, "Realtek protocols" },
	{ 0x88a2, true, "AoE" },
	{ 0x88ca, true, "TIPC" },
	{ 0x88cc, true, "LLDP" },
	{ 0x88e5, true, "802.1AE MACsec" },
	{ 0x88f7, true, "PTP" },
	{ 0x8902, true, "CFM" },
	{ 0x893a, false, "IEEE1905.1" },
	{ 0x8947, true, "GeoNet" },
	{ 0x894f, true, "NSH" },
	{ 0x9000, true, "Loopback" },
	{ 0xabcd, true, "CFM (old)" },
	{ 0xd28b, true, "Arista Vendor Specific Protocol" },
	{ 0xfefe, true, "OSI" },
};

const char *skw_ethertype_name(uint16_t ethertype)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++) {
		if (types[i].type == ethertype)
			return types[i].name;
	}
	return NULL;
}

bool skw_ethertype_named(uint16_t ethertype)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++) {
		if (types[i].type == ethertype)
			return types[i].named;
	}
	return false;
}

bool skw_ethertype_is_vlan(uint16_t ethertype)
{
	return ethertype == SKW_ETHER_VLAN || ethertype == SKW_ETHER_QINQ ||
	       ethertype == SKW_ETHER_QINQ_9100 || ethertype == SKW_ETHER_QINQ_9200;
}
