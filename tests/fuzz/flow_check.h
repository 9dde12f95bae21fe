/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holds what flow says of a packet against what the printer's lines say of it. For a test that
 * reads the samples, and for the fuzz target.
 */
#ifndef SKW_TESTS_FLOW_CHECK_H
#define SKW_TESTS_FLOW_CHECK_H

#include <stdint.h>

#include "model/packet.h"

/*
 * The kinds of packets that are counted. A packet counts under each kind that fits. The last ones
 * are all the ways in which a line may say less, or more, than flow does.
 */
enum flow_kind {
	FLOW_PORTS,        /* the line begins with the addresses and the ports */
	FLOW_PORTS_BEHIND, /* it begins with the addresses, and headers stand before the ports */
	FLOW_HOSTS,        /* it begins with the addresses, as the protocol has no ports */
	FLOW_FIRST_PIECE,  /* a first fragment */
	FLOW_LATER_PIECE,  /* a later fragment: addresses, protocol, place, and no ports */
	FLOW_TCP,          /* the header of TCP is told, with the payload's length */
	FLOW_UDP,          /* the length of UDP's payload is told */
	FLOW_TAGS,         /* VLAN tags are told */
	FLOW_QUOTE,        /* of an ICMP error, the quoted packet is told */
	FLOW_QUOTE_CUT,    /* of an ICMP error, too little is there of the quoted packet */
	FLOW_NO_IP,        /* flow finds no IP packet, and the line tells of none */
	FLOW_CUT,          /* flow misses bytes, and the line says that they are missing */
	FLOW_BROKEN,       /* flow refuses the headers, and the line says what is wrong with them */
	FLOW_TUNNEL,       /* the line goes on to an inner packet's addresses, and flow does not */
	FLOW_LINE_STOPS,   /* the line stops at options or a routing header; flow looks behind it */
	FLOW_LINE_AH,      /* the line names the extension header behind AH by its number only */
	FLOW_TOO_MANY,     /* more headers than flow steps over */
	FLOW_KINDS
};

extern const char *const flow_kind_names[FLOW_KINDS];

struct flow_check;

struct flow_check *flow_check_new(void); /* never NULL */
void flow_check_free(struct flow_check *c);

/*
 * NULL, or a text that says in what the two disagree, valid until the next call. `seen` counts the
 * kinds.
 */
const char *flow_check_packet(struct flow_check *c, const struct skw_packet *pkt,
			      uint64_t seen[FLOW_KINDS]);

#endif
