/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The LINUX_SLL2 header, which stands in for the link-layer header where
 * packets of unlike interfaces share one pcap file. Source: the description of
 * LINKTYPE_LINUX_SLL2 at tcpdump.org.
 */
#ifndef SKW_PCAP_SLL2_H
#define SKW_PCAP_SLL2_H

#include <stdbool.h>
#include <stdint.h>

#include "model/packet.h"

#define SKW_SLL2_BYTES 20

/*
 * The packet becomes: header, then its own bytes from `drop` on. So caplen
 * grows by SKW_SLL2_BYTES - drop, and len by SKW_SLL2_BYTES - drop_len; the
 * two differ only if the packet was cut inside its link-layer header. A
 * snapshot length has to be applied to the packet afterwards.
 */
struct skw_sll2 {
	uint8_t header[SKW_SLL2_BYTES];
	uint32_t drop;     /* <= pkt->caplen */
	uint32_t drop_len; /* <= pkt->len */
};

/* Whether packets of this link type can be given such a header. */
bool skw_sll2_supported(int dlt);

/*
 * ifindex and arphrd (ARPHRD_*, linux/if_arp.h) are those of the interface; a
 * packet with a cooked header already keeps what that says, and takes only the
 * interface's index if it has none. -ENOTSUP for a link type that is not supported.
 */
int skw_sll2_make(const struct skw_packet *pkt, uint32_t ifindex, uint16_t arphrd,
		  struct skw_sll2 *out);

#endif
