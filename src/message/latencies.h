/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A histogram of latencies with a bounded error. Up to 15 ns each value has a bucket. From there on
 * every power of two is divided into 16 buckets of the same width, and a quantile is the middle of
 * its bucket: it is wrong by half a width, which is 1/32 of the value (3.2 %) at most. The largest
 * and the smallest value are exact.
 */
#ifndef SKW_MESSAGE_LATENCIES_H
#define SKW_MESSAGE_LATENCIES_H

#include <stdint.h>

#define SKW_LATENCIES_PARTS 16 /* of a power of two */
/* Latencies of 2^48 ns (78 hours) and more are in the last bucket. */
#define SKW_LATENCIES_BITS    48
#define SKW_LATENCIES_BUCKETS (SKW_LATENCIES_PARTS * (SKW_LATENCIES_BITS - 4 + 1))

/* Begins with zeroes. */
struct skw_latencies {
	uint64_t count, sum_ns;
	uint64_t min_ns, max_ns; /* valid if there is one */
	uint64_t buckets[SKW_LATENCIES_BUCKETS];
};

void skw_latencies_add(struct skw_latencies *l, uint64_t ns);

/*
 * The smallest latency that is not less than `percent` (1 to 100) of all latencies, as near as the
 * buckets tell. UINT64_MAX: there is none.
 */
uint64_t skw_latencies_quantile(const struct skw_latencies *l, unsigned percent);

#endif
