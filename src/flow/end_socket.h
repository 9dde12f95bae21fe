/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own figures of the socket at one end of a conversation, and its owner. */
#ifndef SKW_FLOW_END_SOCKET_H
#define SKW_FLOW_END_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "model/packet_owner.h"
#include "model/row.h"

/* Figures are SKW_NONE32 if they are unknown. */
struct skw_end_socket {
	uint64_t cookie; /* of the socket that was told last; 0: none was */
	uint64_t opened_ns;
	uint32_t netns;
	bool ambiguous; /* sockets in two network namespaces have this tuple */
	bool by_packet; /* only its packets have told its owner */
	uint32_t srtt_us, min_rtt_us, retrans_segs, rto_count;
	uint32_t pid;
	char comm[SKW_COMM_LEN + 1]; /* strangers choose it; empty: unknown */
};

/* Nothing is known. */
void skw_end_socket_init(struct skw_end_socket *s);

/*
 * Takes what a row tells of this end. Of several sockets in one network namespace, which had the
 * tuple one after the other, the last counts. Of sockets in two namespaces nobody knows whose the
 * packets are, so nothing is known then.
 */
void skw_end_socket_tell(struct skw_end_socket *s, const struct skw_row *row);

/* Takes the owner that a packet of this end has, unless a row has told it. */
void skw_end_socket_own(struct skw_end_socket *s, const struct skw_packet_owner *owner);

#endif
