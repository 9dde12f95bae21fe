/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first sequence numbers of TCP connections, so that lines can show relative numbers. The table
 * is bounded: a new connection replaces one that has not been seen for long.
 */
#ifndef SKW_DISSECT_IP_TCP_SEQS_H
#define SKW_DISSECT_IP_TCP_SEQS_H

#include <stdbool.h>
#include <stdint.h>

#include "dissect/dissect.h"

struct skw_tcp_seqs;

/* Returns NULL with errno set on failure. */
struct skw_tcp_seqs *skw_tcp_seqs_new(void);
/* NULL is allowed. */
void skw_tcp_seqs_free(struct skw_tcp_seqs *seqs);

/* The values to subtract, as the sender of the packet sees them. */
struct skw_tcp_base {
	uint32_t seq, ack; /* from the numbers in the header */
	uint32_t sack;     /* from the edges of SACK blocks */
};

/*
 * Looks up the connection of the packet, or adds it. As in tcpdump, the packet that adds the
 * connection (the first packet, or any SYN) shows absolute numbers. Its numbers are the base for
 * the following packets. To be called only for packets with the ACK flag, because the others have
 * no acknowledgement number to start from.
 */
struct skw_tcp_base skw_tcp_seqs_base(struct skw_tcp_seqs *seqs, const struct skw_ip *ip,
				      uint16_t sport, uint16_t dport, bool syn, uint32_t seq,
				      uint32_t ack);

#endif
