/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbered frame: Ethernet, IPv4, UDP, and a payload with the sender and the number of the
 * frame, from which the other bytes follow. The senders make it, and the checkers read it.
 */
#ifndef LIVE_FRAME_H
#define LIVE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_MIN  58 /* headers and number, without tags */
#define FRAME_MAX  65535
#define FRAME_PORT 9000 /* destination port of frame 0 */

struct frame_plan {
	size_t size;      /* bytes, tags not counted */
	unsigned ports;   /* destination port is FRAME_PORT + number modulo this */
	unsigned n_tags;  /* 0 to 2 */
	uint16_t tags[2]; /* TCI, outer first */
};

struct frame_number {
	uint32_t sender;
	uint64_t seq;
};

/* Writes one frame and returns its length; `out` has room for FRAME_MAX + 8. */
size_t frame_make(uint8_t *out, const struct frame_plan *plan, struct frame_number n);

/* Writes only what differs from the frame of the same plan that is there already. */
void frame_renumber(uint8_t *frame, const struct frame_plan *plan, struct frame_number n);

enum frame_kind { FRAME_OTHER, FRAME_NUMBERED, FRAME_DAMAGED };

/* `dlt` is that of pcap/dlt.h; caplen bytes of len are there. */
enum frame_kind frame_read(const uint8_t *data, size_t caplen, size_t len, int dlt,
			   struct frame_number *out);

#endif
