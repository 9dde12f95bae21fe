/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP segment with all that tells what was sent again and how long an answer took. */
#ifndef SKW_FLOW_SEGMENT_H
#define SKW_FLOW_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/flow.h"

/* As many as fit into the options (RFC 2018, section 3). */
#define SKW_SEGMENT_SACKS 4

/* A range that was acknowledged beyond the acknowledgment number. */
struct skw_segment_sack {
	uint32_t from, to;
};

struct skw_segment {
	uint64_t ts_ns;
	uint32_t seq, ack;
	uint32_t len;    /* bytes of data on the wire */
	uint32_t end;    /* seq and all that the segment takes of the sequence space */
	uint16_t window; /* not scaled */
	uint8_t flags;   /* TH_* of netinet/tcp.h */
	int8_t wscale; /* the shift of its windows, which a SYN tells; -1: it has no such option */
	bool timestamps; /* RFC 7323: the next two are known */
	uint32_t tsval, tsecr;
	uint8_t sacks;
	struct skw_segment_sack sack[SKW_SEGMENT_SACKS];
};

/*
 * Reads the segment of a packet, whose flow has SKW_FLOW_TCP. Options that were not captured or
 * make no sense are left out.
 */
void skw_segment_read(const struct skw_packet *pkt, const struct skw_flow *flow,
		      struct skw_segment *out);

/* The order of sequence numbers, which begin again at 0 (RFC 9293, section 3.4). */
static inline bool skw_segment_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

#endif
