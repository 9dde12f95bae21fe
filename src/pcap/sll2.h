/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The LINUX_SLL2 header, and the older LINUX_SLL. It replaces the link-layer header if packets of
 * interfaces with different link types go into one pcap file, or if the user wants it. Source: the
 * descriptions of LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2 at tcpdump.org.
 */
#ifndef SKW_PCAP_SLL2_H
#define SKW_PCAP_SLL2_H

#include <stdbool.h>
#include <stdint.h>

#include "model/packet.h"

#define SKW_SLL_BYTES  16
#define SKW_SLL2_BYTES 20

/*
 * The packet becomes: header, then its own bytes from `drop` on. So caplen grows by
 * SKW_SLL2_BYTES - drop, and len by SKW_SLL2_BYTES - drop_len. drop and drop_len differ
 * only if the packet was cut inside its link-layer header. A snapshot length must be
 * applied after this.
 */
struct skw_sll2 {
	uint8_t header[SKW_SLL2_BYTES];
	uint32_t header_len; /* SKW_SLL2_BYTES, or SKW_SLL_BYTES of an older header */
	uint32_t drop;       /* <= pkt->caplen */
	uint32_t drop_len;   /* <= pkt->len */
};

/* Tells whether packets of this link type can get such a header. */
bool skw_sll2_supported(int dlt);

/*
 * ifindex and arphrd (ARPHRD_*, linux/if_arp.h) describe the interface. A packet that has
 * a cooked header already keeps its fields; only a missing interface index is filled in.
 * Returns 0, or -ENOTSUP for a link type that is not supported.
 */
int skw_sll2_make(const struct skw_packet *pkt, uint32_t ifindex, uint16_t arphrd,
		  struct skw_sll2 *out);

/* The same with the header of this link type: DLT_LINUX_SLL2, or DLT_LINUX_SLL. */
int skw_sll2_make_as(int dlt, const struct skw_packet *pkt, uint32_t ifindex, uint16_t arphrd,
		     struct skw_sll2 *out);

#endif
