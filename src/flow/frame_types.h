/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that several link types use: each function steps over the header that l->ip begins with.
 * Results are those of skw_flow_skip_link().
 */
#ifndef SKW_FLOW_FRAME_TYPES_H
#define SKW_FLOW_FRAME_TYPES_H

#include <stdbool.h>

#include "flow/link.h"

/* An IP header of this version follows. */
static inline int skw_flow_found(uint8_t version, struct skw_flow_link *l)
{
	l->version = version;
	return 0;
}

/* The header before has told the ethertype. */
int skw_flow_skip_ethertype(uint16_t type, struct skw_flow_link *l);
/*
 * Steps over VLAN tags first. `lengths`: a small number is a length, and LLC follows. Behind a tag,
 * it always is.
 */
int skw_flow_skip_tags(uint16_t type, bool lengths, struct skw_flow_link *l);
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
