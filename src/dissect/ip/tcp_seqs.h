/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First sequence numbers of the TCP connections seen, so that lines can show numbers relative to
 * them. Bounded: a connection that comes takes the place of one not seen for long.
 */
#ifndef SKW_DISSECT_IP_TCP_SEQS_H
#define SKW_DISSECT_IP_TCP_SEQS_H

#include <stdbool.h>
#include <stdint.h>

#include "dissect/dissect.h"

struct skw_tcp_seqs;

struct skw_tcp_seqs *skw_tcp_seqs_new(void);       /* NULL, errno */
void skw_tcp_seqs_free(struct skw_tcp_seqs *seqs); /* NULL allowed */

/* What to subtract, in the view of the packet's sender. */
struct skw_tcp_base {
	uint32_t seq, ack; /* of the numbers in the header */
	uint32_t sack;     /* of the edges of SACK blocks */
};

/*
 * Looks the packet's connection up, or enters it. As in tcpdump the packet that enters it (the
 * first, or any SYN) shows absolute numbers; its own numbers are the base of the others. Call it
 * for packets with the ACK flag only: the others have no acknowledgement to start from.
 */
struct skw_tcp_base skw_tcp_seqs_base(struct skw_tcp_seqs *seqs, const struct skw_ip *ip,
				      uint16_t sport, uint16_t dport, bool syn, uint32_t seq,
				      uint32_t ack);

#endif
