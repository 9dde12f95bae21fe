// SPDX-License-Identifier: BSD-2-Clause
#include "message/latencies.h"

#define PARTS_BITS 4 /* of SKW_LATENCIES_PARTS */

_Static_assert(SKW_LATENCIES_PARTS == 1 << PARTS_BITS, "a part is a number of 4 bits");

/* The place of the highest bit; ns is not 0. */
static unsigned top_bit(uint64_t ns)
{
	return 63U - (unsigned)__builtin_clzll(ns);
}

static unsigned bucket_of(uint64_t ns)
{
	unsigned shift;

	if (ns >> SKW_LATENCIES_BITS)
		return SKW_LATENCIES_BUCKETS - 1;
	if (ns < SKW_LATENCIES_PARTS)
		return (unsigned)ns;
	shift = top_bit(ns) - PARTS_BITS;
	return SKW_LATENCIES_PARTS * (shift + 1) +
	       (unsigned)(ns >> shift & (SKW_LATENCIES_PARTS - 1));
}

static uint64_t middle_of(unsigned bucket)
{
	unsigned shift = bucket / SKW_LATENCIES_PARTS;
	uint64_t part = bucket % SKW_LATENCIES_PARTS;

	if (!shift)
		return part;
	shift--;
	return ((SKW_LATENCIES_PARTS + part) << shift) + ((1ULL << shift) - 1) / 2;
}

void skw_latencies_add(struct skw_latencies *l, uint64_t ns)
{
	l->min_ns = !l->count || ns < l->min_ns ? ns : l->min_ns;
	l->max_ns = ns > l->max_ns ? ns : l->max_ns;
	/* A sum that is too large stays at its end. */
	if (__builtin_add_overflow(l->sum_ns, ns, &l->sum_ns))
		l->sum_ns = UINT64_MAX;
	l->count++;
	l->buckets[bucket_of(ns)]++;
}

uint64_t skw_latencies_quantile(const struct skw_latencies *l, unsigned percent)
{
	/* ceil(count * percent / 100), without an overflow. */
	uint64_t rank = l->count / 100 * percent + (l->count % 100 * percent + 99) / 100;
	uint64_t before = 0, middle;
	unsigned i = 0;

	if (!l->count)
		return UINT64_MAX;
	while (i < SKW_LATENCIES_BUCKETS - 1 && (before += l->buckets[i]) < rank)
		i++;
	middle = middle_of(i);
	if (middle < l->min_ns)
		return l->min_ns;
	return middle > l->max_ns || i == SKW_LATENCIES_BUCKETS - 1 ? l->max_ns : middle;
}
