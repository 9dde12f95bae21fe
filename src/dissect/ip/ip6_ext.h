/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6 extension headers (RFC 8200 section 4, RFC 6275, RFC 8754). Each function prints a header
 * and returns its length, or 0 if the line ends here.
 */
#ifndef SKW_DISSECT_IP_IP6_EXT_H
#define SKW_DISSECT_IP_IP6_EXT_H

#include "dissect/dissect.h"

uint32_t skw_dissect_ip6_hop_by_hop(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b);
uint32_t skw_dissect_ip6_dest_options(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b);
/* Sets ip->last_hop to the address of the last hop, which the checksum is computed with. */
uint32_t skw_dissect_ip6_routing(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b);
uint32_t skw_dissect_ip6_fragment(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b);
uint32_t skw_dissect_ip6_mobility(struct skw_dissect *d, struct skw_ip *ip, struct skw_bytes b);

#endif
