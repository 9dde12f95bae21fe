/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of IP protocol numbers (IANA "Protocol Numbers") as tcpdump prints them with -v. */
#ifndef SKW_DISSECT_IP_IP_PROTO_H
#define SKW_DISSECT_IP_IP_PROTO_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SKW_IPPROTO_HOPOPTS = 0,
	SKW_IPPROTO_ICMP = 1,
	SKW_IPPROTO_IPIP = 4,
	SKW_IPPROTO_TCP = 6,
	SKW_IPPROTO_UDP = 17,
	SKW_IPPROTO_DCCP = 33,
	SKW_IPPROTO_IPV6 = 41,
	SKW_IPPROTO_ROUTING = 43,
	SKW_IPPROTO_FRAGMENT = 44,
	SKW_IPPROTO_GRE = 47,
	SKW_IPPROTO_ESP = 50,
	SKW_IPPROTO_AH = 51,
	SKW_IPPROTO_ICMPV6 = 58,
	SKW_IPPROTO_NONE = 59,
	SKW_IPPROTO_DSTOPTS = 60,
	SKW_IPPROTO_MOBILITY_OLD = 62,
	SKW_IPPROTO_IPCOMP = 108,
	SKW_IPPROTO_SCTP = 132,
	SKW_IPPROTO_MOBILITY = 135,
};

/* Returns "unknown" for a protocol without a name. Never NULL. */
const char *skw_ip_proto_name(uint8_t proto);

/*
 * Whether the first four bytes are ports. Then the function of the protocol prints the addresses.
 */
bool skw_ip_proto_has_ports(uint8_t proto);

#endif
