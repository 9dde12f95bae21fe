/* SPDX-License-Identifier: BSD-2-Clause */
/* Link-layer headers, to the IP header behind them: the link types that are dissected. */
#ifndef SKW_FLOW_LINK_H
#define SKW_FLOW_LINK_H

#include "model/packet.h"
#include "util/bytes.h"

#define SKW_FLOW_VLANS 2

/* The contents of a link-layer header. */
struct skw_flow_link {
	struct skw_bytes ip; /* the IP header and what follows it */
	uint8_t version;     /* 4 or 6, as the link layer has it; 0: the IP header tells */
	uint8_t vlans;       /* tags in the frame */
	uint16_t vlan[SKW_FLOW_VLANS]; /* identifiers of the outermost tags, 0 to 4095 */
};

/*
 * -ENOENT: no IP packet is in it, or the link type is not known. -ENODATA: the headers were not
 * captured as a whole. -EBADMSG: the packet is too short for them, or has more than 255 tags. On
 * failure `out` is of no use.
 */
int skw_flow_skip_link(const struct skw_packet *pkt, struct skw_flow_link *out);

#endif
