/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of ICMPv6 that have a file of their own. */
#ifndef SKW_DISSECT_IP_ICMP6_H
#define SKW_DISSECT_IP_ICMP6_H

#include "dissect/dissect.h"

/*
 * Each prints what follows the message's name; b starts with the ICMPv6 header, of which
 * type and code are there. They return false if bytes are missing, which the caller says.
 */
typedef bool skw_icmp6_print(struct skw_dissect *d, struct skw_bytes b);

/* Neighbour discovery: RFC 4861, 3122, 4191, 6275, 8106. */
skw_icmp6_print skw_icmp6_router_solicitation;
skw_icmp6_print skw_icmp6_router_advertisement;
skw_icmp6_print skw_icmp6_neighbour_solicitation;
skw_icmp6_print skw_icmp6_neighbour_advertisement;
skw_icmp6_print skw_icmp6_redirect;

/* Multicast listener discovery: RFC 2710, 3810. */
skw_icmp6_print skw_icmp6_mld_query;
skw_icmp6_print skw_icmp6_mld1;
skw_icmp6_print skw_icmp6_mld2_report;

#endif
