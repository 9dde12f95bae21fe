/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream is one direction of a TCP connection: it tells which segments were sent again, and how
 * long the other end took to acknowledge them.
 *
 * Data that was captured before is sent again. Data that was not is either sent again because it
 * was lost on its way here, or late because other segments have overtaken it: an answer to the loss
 * takes at least a round trip, so data that comes earlier is late. Acknowledgments and SACK tell
 * that the other end has what was not captured.
 *
 * Times come from segments that were sent once (Karn's rule); where a segment was sent again, the
 * echo of a timestamp (RFC 7323) may tell which of them was acknowledged.
 */
#ifndef SKW_FLOW_STREAM_H
#define SKW_FLOW_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/gaps.h"
#include "flow/segment.h"
#include "flow/wire_rtt.h"

/* Segments beyond these that wait for their acknowledgment give no times. */
#define SKW_STREAM_SENT  128
#define SKW_STREAM_AGAIN 4

/* A segment that was sent and is not acknowledged. */
struct skw_stream_sent {
	uint64_t ts_ns;
	uint32_t end;
	uint32_t tsval; /* with timestamps */
};

enum skw_stream_verdict {
	SKW_STREAM_NEW, /* and everything else that is neither of the others */
	SKW_STREAM_SENT_AGAIN,
	SKW_STREAM_OUT_OF_ORDER,
};

struct skw_stream {
	bool seen;     /* it has sent a segment */
	bool acks;     /* `ack` is known */
	bool doubtful; /* see doubtful_to */
	uint16_t window;
	uint32_t first; /* the first sequence number that was seen */
	uint32_t next;  /* the one behind all that it has sent */
	uint32_t ack;
	uint64_t next_ns;     /* when `next` last changed */
	struct skw_gaps gaps; /* owned */

	/* An acknowledgment up to here may be for what was sent again. */
	uint32_t doubtful_to;
	uint16_t sent_first, sent_len, sent_size;
	uint8_t again_next;
	struct skw_stream_sent *sent; /* owned; a ring of sent_size, a power of 2 */
	struct skw_stream_sent again[SKW_STREAM_AGAIN];

	uint64_t sent_again, out_of_order;
	struct skw_wire_rtt rtt; /* owned */
};

/* A zeroed struct is a direction of which nothing was seen. Frees what it owns. */
void skw_stream_free(struct skw_stream *s);
/* The bytes of memory that it owns. */
size_t skw_stream_memory(const struct skw_stream *s);

/*
 * Takes a segment that `from` has sent; `to` is the other direction. A time of the packet that is
 * unknown must be told as SKW_PACKET_TIME_UNKNOWN. first_rtt_ns: the time of the handshake, 0 if
 * unknown. Returns enum skw_stream_verdict or -ENOMEM.
 */
int skw_stream_take(struct skw_stream *from, struct skw_stream *to, const struct skw_segment *s,
		    uint64_t first_rtt_ns);

#endif
