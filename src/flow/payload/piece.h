/* SPDX-License-Identifier: BSD-2-Clause */
/* The consumer of payload gets this: bytes of one direction, or a hole. No logic. */
#ifndef SKW_FLOW_PAYLOAD_PIECE_H
#define SKW_FLOW_PAYLOAD_PIECE_H

#include <stdint.h>

/* The length of a hole in a stream that goes on somewhere else. */
#define SKW_PAYLOAD_LEN_UNKNOWN UINT64_MAX

/*
 * Times are those of packets: real time, or SKW_PACKET_TIME_UNKNOWN (model/packet.h). `now_ns` is
 * later than `ts_ns` if the bytes had to wait for others before them.
 */
struct skw_payload_piece {
	const uint8_t *data; /* NULL: a hole. Borrowed during the call */
	uint64_t len;        /* bytes; of a hole SKW_PAYLOAD_LEN_UNKNOWN, too */
	uint64_t ts_ns;      /* of the packet that has brought the bytes, or has shown the hole */
	uint64_t now_ns;     /* of the packet with which they are complete up to here */
};

#endif
