/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A histogram whose bounds are powers of two in microseconds, as those of the kernel's side are
 * (SKW_RTT_BUCKETS in abi/conn.h): bucket 0 has what is under 32 us, the last one has no bound.
 */
#ifndef SKW_METRICS_HISTOGRAM_H
#define SKW_METRICS_HISTOGRAM_H

#include <linux/types.h>
#include <stdint.h>

#include "abi/conn.h"

/* A bucket for each bound up to 16.8 s. Histograms of RTTs have the first SKW_RTT_BUCKETS. */
#define SKW_HISTOGRAM_BUCKETS 21

/* A connection that stands for the samples of a bucket. */
struct skw_exemplar {
	uint64_t cookie; /* 0: none */
	uint64_t ts_ns;  /* real time */
	uint32_t value_us;
};

struct skw_histogram {
	uint64_t counts[SKW_HISTOGRAM_BUCKETS];
	uint64_t sum_us;
	struct skw_exemplar exemplars[SKW_RTT_BUCKETS];
};

/* The bucket of a sample, in a histogram with that many. */
static inline unsigned skw_histogram_bucket(uint64_t us, unsigned buckets)
{
	unsigned bucket = us < 32 ? 0 : (unsigned)(63 - __builtin_clzll(us)) - 4;

	return bucket < buckets ? bucket : buckets - 1;
}

/* The bound of a bucket in microseconds. The last one of a histogram has none. */
static inline uint64_t skw_histogram_bound_us(unsigned bucket)
{
	return 32ULL << bucket;
}

#endif
