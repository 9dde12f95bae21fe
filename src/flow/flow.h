/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tuple of a packet and its header of TCP, read from the bytes without making text. It is meant
 * to be asked once for each packet: nothing is copied but what the result holds.
 *
 * Tunnels are not followed: IP in IP, GRE and the like are told by their protocol number, and the
 * tuple is that of the outermost IP header.
 */
#ifndef SKW_FLOW_FLOW_H
#define SKW_FLOW_FLOW_H

#include <stdint.h>

#include "flow/extensions.h"
#include "flow/link.h"
#include "model/packet.h"
#include "model/tuple.h"

/* The values that are known beside addresses and protocol. */
#define SKW_FLOW_PORTS   0x01 /* of TCP, UDP, SCTP and DCCP, unless it is a later fragment */
#define SKW_FLOW_TCP     0x02 /* `tcp` */
#define SKW_FLOW_PAYLOAD 0x04 /* the payload's place and lengths */

/*
 * Places are offsets from the packet's first byte, and never behind its last captured byte. Lengths
 * "on the wire" are what the headers claim.
 */
struct skw_flow {
	struct skw_tuple tuple;
	uint32_t ip_at;
	uint32_t ip_len; /* on the wire, from the IP header on; without the padding of a frame */
	uint32_t transport_at; /* behind all headers of IP; of a later fragment: its data */
	/*
	 * Payload of TCP and UDP. Of other protocols and of later fragments, all that follows the
	 * headers of IP. Of a fragment, what that fragment holds of it.
	 */
	uint32_t payload_at;
	uint32_t payload_len;    /* on the wire */
	uint32_t payload_caplen; /* captured, <= payload_len */
	uint32_t fragment_id;
	uint16_t fragment_offset; /* bytes */
	uint8_t fragment;         /* enum skw_flow_fragment */
	uint8_t known;            /* SKW_FLOW_* */
	struct {
		uint32_t seq, ack;
		uint16_t window;    /* as in the header, not scaled */
		uint8_t flags;      /* TH_* of netinet/tcp.h */
		uint8_t header_len; /* bytes, options included, of which some may not be captured */
	} tcp;
	uint16_t vlan[SKW_FLOW_VLANS]; /* identifiers of the outermost tags, 0 to 4095 */
	uint8_t vlans;                 /* tags in the frame */
};

/*
 * Reads the flow of a packet. -ENOENT: it is no IP packet, or its link type is not known. -ENODATA:
 * its captured part ends before the tuple is complete. -EBADMSG: its headers contradict themselves.
 * `out` is set only on success.
 */
int skw_flow_of(const struct skw_packet *pkt, struct skw_flow *out);

/*
 * Reads the flow of the packet that an ICMP or ICMPv6 error quotes, in that packet's own direction.
 * `error` is the result of skw_flow_of() for pkt; `out` may be the same. Places are offsets in pkt.
 * -ENOENT: it is no such error, or not a datagram's first part. Else as above.
 */
int skw_flow_of_quote(const struct skw_packet *pkt, const struct skw_flow *error,
		      struct skw_flow *out);

/* The tuple of the packets of a socket: one of IPv6 with IPv4-mapped addresses has packets of IPv4.
 */
struct skw_tuple skw_flow_of_socket(const struct skw_tuple *socket);

/* A number for the interface: packets of files that do not name it come from the same one. */
uint32_t skw_flow_iface(const struct skw_packet *pkt);

#endif
