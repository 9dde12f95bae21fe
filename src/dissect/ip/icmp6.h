/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of ICMPv6 that have their own files. */
#ifndef SKW_DISSECT_IP_ICMP6_H
#define SKW_DISSECT_IP_ICMP6_H

#include "dissect/dissect.h"

/*
 * Prints the text after the name of the message. `b` starts with the ICMPv6 header, whose type and
 * code were captured. Returns false if bytes are missing; the caller reports it.
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
