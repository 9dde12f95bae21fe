// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/ip/ip_proto.h"

#include <stddef.h>

static const char *const names[256] = {
	[SKW_PROTO_HOPOPTS] = "Options",
	[SKW_PROTO_ICMP] = "ICMP",
	[2] = "IGMP",
	[SKW_PROTO_IPIP] = "IPIP",
	[SKW_PROTO_TCP] = "TCP",
	[8] = "EGP",
	[9] = "IGRP",
	[SKW_PROTO_UDP] = "UDP",
	[SKW_PROTO_DCCP] = "DCCP",
	[SKW_PROTO_IPV6] = "IPv6",
	[SKW_PROTO_ROUTING] = "Routing",
	[SKW_PROTO_FRAGMENT] = "Fragment",
	[46] = "RSVP",
	[SKW_PROTO_GRE] = "GRE",
	[SKW_PROTO_ESP] = "ESP",
	[SKW_PROTO_AH] = "AH",
	[55] = "Mobile IP",
	[SKW_PROTO_ICMPV6] = "ICMPv6",
	[SKW_PROTO_MOBILITY_OLD] = "Mobile IP (old)",
	[88] = "EIGRP",
	[89] = "OSPF",
	[103] = "PIM",
	[SKW_PROTO_IPCOMP] = "Compressed IP",
	[112] = "VRRP",
	[113] = "PGM",
	[SKW_PROTO_SCTP] = "SCTP",
	[SKW_PROTO_MOBILITY] = "Mobility",
	[143] = "Ethernet",
};

const char *skw_ip_proto_name(uint8_t proto)
{
	return names[proto] ? names[proto] : "unknown";
}

bool skw_ip_proto_has_ports(uint8_t proto)
{
	return proto == SKW_PROTO_TCP || proto == SKW_PROTO_UDP || proto == SKW_PROTO_SCTP ||
	       proto == SKW_PROTO_DCCP;
}
