// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/ip/ip_proto.h"

#include <stddef.h>

static const char *const names[256] = {
	[SKW_IPPROTO_HOPOPTS] = "Options",
	[SKW_IPPROTO_ICMP] = "ICMP",
	[2] = "IGMP",
	[SKW_IPPROTO_IPIP] = "IPIP",
	[SKW_IPPROTO_TCP] = "TCP",
	[8] = "EGP",
	[9] = "IGRP",
	[SKW_IPPROTO_UDP] = "UDP",
	[SKW_IPPROTO_DCCP] = "DCCP",
	[SKW_IPPROTO_IPV6] = "IPv6",
	[SKW_IPPROTO_ROUTING] = "Routing",
	[SKW_IPPROTO_FRAGMENT] = "Fragment",
	[46] = "RSVP",
	[SKW_IPPROTO_GRE] = "GRE",
	[SKW_IPPROTO_ESP] = "ESP",
	[SKW_IPPROTO_AH] = "AH",
	[55] = "Mobile IP",
	[SKW_IPPROTO_ICMPV6] = "ICMPv6",
	[SKW_IPPROTO_MOBILITY_OLD] = "Mobile IP (old)",
	[88] = "EIGRP",
	[89] = "OSPF",
	[103] = "PIM",
	[SKW_IPPROTO_IPCOMP] = "Compressed IP",
	[112] = "VRRP",
	[113] = "PGM",
	[SKW_IPPROTO_SCTP] = "SCTP",
	[SKW_IPPROTO_MOBILITY] = "Mobility",
	[143] = "Ethernet",
};

const char *skw_ip_proto_name(uint8_t proto)
{
	return names[proto] ? names[proto] : "unknown";
}

bool skw_ip_proto_has_ports(uint8_t proto)
{
	return proto == SKW_IPPROTO_TCP || proto == SKW_IPPROTO_UDP || proto == SKW_IPPROTO_SCTP ||
	       proto == SKW_IPPROTO_DCCP;
}
