/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The link types. Each function gets the whole packet, or what another link type has put into its
 * own header. It returns the length of the headers that -x, -X and -A leave out.
 */
#ifndef SKW_DISSECT_LINK_TYPES_H
#define SKW_DISSECT_LINK_TYPES_H

#include "dissect/dissect.h"

typedef uint32_t skw_link_fn(struct skw_dissect *d, struct skw_bytes b);

skw_link_fn skw_dissect_null; /* DLT_LOOP, too */
skw_link_fn skw_dissect_enc;
skw_link_fn skw_dissect_sll;
skw_link_fn skw_dissect_sll2;
skw_link_fn skw_dissect_ipnet;
skw_link_fn skw_dissect_ipoib;
skw_link_fn skw_dissect_ppp;
skw_link_fn skw_dissect_ppp_serial;
skw_link_fn skw_dissect_pppoe;
skw_link_fn skw_dissect_chdlc;
skw_link_fn skw_dissect_dsa;
skw_link_fn skw_dissect_edsa;
skw_link_fn skw_dissect_brcm_tag;
skw_link_fn skw_dissect_brcm_tag_prepended;
skw_link_fn skw_dissect_wifi;
skw_link_fn skw_dissect_radiotap;
skw_link_fn skw_dissect_avs;
skw_link_fn skw_dissect_prism;
skw_link_fn skw_dissect_nflog;
skw_link_fn skw_dissect_ppi;
skw_link_fn skw_dissect_pktap;

/* Prints a packet that begins with the header of this link type. Returns NULL for unknown types. */
skw_link_fn *skw_dissect_link_type(int dlt);

/* Prints a label stack and its payload (RFC 3032). */
void skw_dissect_mpls(struct skw_dissect *d, struct skw_bytes b);

#endif
