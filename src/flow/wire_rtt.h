/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The distribution of round-trip times as packets show them: the lowest exactly, the others in
 * buckets whose width is a small share of the time. The smoothed time is made as the kernel makes
 * it (RFC 6298, section 2), so that both can be compared. Few different times are kept with 1/256,
 * and when there are many, neighbours are put together, so that the memory has a limit.
 */
#ifndef SKW_FLOW_WIRE_RTT_H
#define SKW_FLOW_WIRE_RTT_H

#include <stdint.h>

#define SKW_WIRE_RTT_BUCKETS 256
#define SKW_WIRE_RTT_UNKNOWN UINT64_MAX

struct skw_wire_rtt_bucket {
	uint32_t count;
	uint16_t place;
};

struct skw_wire_rtt {
	struct skw_wire_rtt_bucket *buckets; /* owned; sorted by place */
	uint64_t count;
	uint64_t min_ns;      /* if count > 0 */
	uint64_t smoothed_ns; /* if count > 0 */
	uint64_t last_ns;     /* if count > 0 */
	uint16_t len, size;
	uint8_t coarse; /* how often neighbours were put together */
};

/* A zeroed struct has no times. Frees what it owns; safe on a zeroed one. */
void skw_wire_rtt_free(struct skw_wire_rtt *r);

/* Adds a time. 0 or -ENOMEM. */
int skw_wire_rtt_add(struct skw_wire_rtt *r, uint64_t ns);

/*
 * The time that `permille` of 1000 times do not exceed: 500 is the median. The middle of its
 * bucket, and never less than the lowest time. SKW_WIRE_RTT_UNKNOWN: there are no times.
 */
uint64_t skw_wire_rtt_quantile(const struct skw_wire_rtt *r, unsigned permille);

#endif
