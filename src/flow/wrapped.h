/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers in front of packets of other link types. PPI and PKTAP name the link type of what follows
 * them; NFLOG has an IP packet in one of its values. Sources: the specification of PPI 1.0.7, the
 * list of link-layer header types at tcpdump.org, linux/netfilter/nfnetlink_log.h.
 */
#ifndef SKW_FLOW_WRAPPED_H
#define SKW_FLOW_WRAPPED_H

#include "util/bytes.h"

enum {
	SKW_WRAPPED_PPI = 8, /* the smallest length: version, flags, length, link type */
	SKW_WRAPPED_PPI_MAX = 65532,
	SKW_WRAPPED_PKTAP = 108, /* the smallest length: it begins with length, kind, link type */
	SKW_WRAPPED_PKTAP_PACKET = 1,
	SKW_WRAPPED_NFLOG = 4, /* family, version, group; values follow */
	SKW_WRAPPED_NFLOG_IPV4 = 2,
	SKW_WRAPPED_NFLOG_IPV6 = 10,
};

/* The largest number of headers of PPI and PKTAP that follow each other. */
#define SKW_WRAPPED_DEPTH 7

/*
 * Finds the packet in an NFLOG record, whose header was captured. -ENODATA: it was not captured.
 * -EBADMSG: there is no such value. `out` is set only on success; if the values end without a
 * packet, it is empty.
 */
int skw_wrapped_nflog(struct skw_bytes b, struct skw_bytes *out);

#endif
