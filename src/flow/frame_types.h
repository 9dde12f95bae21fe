/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that several link types use: each function steps over the header that l->ip begins with.
 * Results are those of skw_flow_skip_link().
 */
#ifndef SKW_FLOW_FRAME_TYPES_H
#define SKW_FLOW_FRAME_TYPES_H

#include <stdbool.h>

#include "flow/link.h"

#define SKW_FLOW_LENGTH_MAX 1500 /* up to here an ethertype is a length (IEEE 802.3) */

/* An IP header of this version follows. */
static inline int skw_flow_found(uint8_t version, struct skw_flow_link *l)
{
	l->version = version;
	return 0;
}

/* The header before has told the ethertype. */
int skw_flow_skip_ethertype(uint16_t type, struct skw_flow_link *l);
/* VLAN tags: *type becomes the type of what follows them. */
int skw_flow_skip_tags(uint16_t *type, struct skw_flow_link *l);
int skw_flow_skip_llc(struct skw_flow_link *l);
/* `tag` is the length of what a switch has put between the addresses and the ethertype. */
int skw_flow_skip_ether(uint32_t tag, struct skw_flow_link *l);
int skw_flow_skip_ppp(struct skw_flow_link *l);
int skw_flow_skip_ppp_serial(struct skw_flow_link *l);
int skw_flow_skip_pppoe(struct skw_flow_link *l);
int skw_flow_skip_chdlc(struct skw_flow_link *l);
/* `padded` and the length of the checksum are as in skw_dissect_wifi_frame(). */
int skw_flow_skip_wifi(bool padded, uint32_t fcs, struct skw_flow_link *l);

#endif
