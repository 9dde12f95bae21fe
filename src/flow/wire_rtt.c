// SPDX-License-Identifier: BSD-2-Clause
#include "flow/wire_rtt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first buckets of each power of two: 1 << FINEST. */
#define FINEST     8
#define FIRST_SIZE 8
/* A new time counts an eighth (RFC 6298, section 2). */
#define SMOOTH 8

static unsigned bits_of(const struct skw_wire_rtt *r)
{
	return FINEST - r->coarse;
}

/*
 * Times below 1 << bits have a place each. From there on, each power of two has 1 << bits places.
 * The greatest place, for 64 bits of nanoseconds, is 57 << FINEST.
 */
static uint16_t place_of(uint64_t ns, unsigned bits)
{
	if (!(ns >> bits))
		return (uint16_t)ns;

	unsigned shift = 63 - (unsigned)__builtin_clzll(ns) - bits;

	return (uint16_t)((uint64_t)shift * (1U << bits) + (ns >> shift));
}

/* The middle of a bucket. */
static uint64_t middle_of(uint16_t place, unsigned bits)
{
	unsigned power = place >> bits;

	if (power < 2)
		return place;

	uint64_t first = (place & ((1U << bits) - 1)) + (1ULL << bits);

	return (first << (power - 1)) + (1ULL << (power - 1)) / 2;
}

/* The place of a bucket when there are half as many of them. */
static uint16_t coarser(uint16_t place, unsigned bits)
{
	unsigned power = place >> bits, in = place & ((1U << bits) - 1);

	if (!power)
		return place;
	return (uint16_t)(((power + 1) << (bits - 1)) + (in >> 1));
}

static void put_neighbours_together(struct skw_wire_rtt *r)
{
	uint16_t len = 0;

	for (uint16_t i = 0; i < r->len; i++) {
		struct skw_wire_rtt_bucket b = r->buckets[i];

		b.place = coarser(b.place, bits_of(r));
		if (len && r->buckets[len - 1].place == b.place)
			r->buckets[len - 1].count += b.count;
		else
			r->buckets[len++] = b;
	}
	r->len = len;
	r->coarse++;
}

/* The first bucket whose place is not before this one. */
static uint16_t find(const struct skw_wire_rtt *r, uint16_t place)
{
	uint16_t low = 0, high = r->len;

	while (low < high) {
		uint16_t at = (uint16_t)((low + high) / 2);

		if (r->buckets[at].place < place)
			low = (uint16_t)(at + 1);
		else
			high = at;
	}
	return low;
}

static int make_room(struct skw_wire_rtt *r)
{
	/* A distribution with one place for each power of two never has too many places. */
	while (r->len == SKW_WIRE_RTT_BUCKETS && r->coarse < FINEST)
		put_neighbours_together(r);
	if (r->len < r->size)
		return 0;

	uint16_t size = r->size ? (uint16_t)(2 * r->size) : FIRST_SIZE;
	struct skw_wire_rtt_bucket *buckets = reallocarray(r->buckets, size, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	r->buckets = buckets;
	r->size = size;
	return 0;
}

static int add_bucket(struct skw_wire_rtt *r, uint64_t ns)
{
	int ret = make_room(r);

	if (ret)
		return ret;

	/* Making room may have made the buckets wider, so that there is one for it now. */
	uint16_t place = place_of(ns, bits_of(r)), at = find(r, place);

	if (at < r->len && r->buckets[at].place == place) {
		r->buckets[at].count++;
		return 0;
	}
	memmove(&r->buckets[at + 1], &r->buckets[at], (size_t)(r->len - at) * sizeof(*r->buckets));
	r->buckets[at] = (struct skw_wire_rtt_bucket){ .count = 1, .place = place };
	r->len++;
	return 0;
}

int skw_wire_rtt_add(struct skw_wire_rtt *r, uint64_t ns)
{
	uint16_t place = place_of(ns, bits_of(r)), at = find(r, place);
	int ret = 0;

	if (at < r->len && r->buckets[at].place == place && r->buckets[at].count < UINT32_MAX)
		r->buckets[at].count++;
	else if (at == r->len || r->buckets[at].place != place)
		ret = add_bucket(r, ns);
	if (ret)
		return ret;
	if (!r->count || ns < r->min_ns)
		r->min_ns = ns;
	r->smoothed_ns = r->count ? r->smoothed_ns - r->smoothed_ns / SMOOTH + ns / SMOOTH : ns;
	r->last_ns = ns;
	r->count++;
	return 0;
}

uint64_t skw_wire_rtt_quantile(const struct skw_wire_rtt *r, unsigned permille)
{
	uint64_t sum = 0, wanted = 0;

	for (uint16_t i = 0; i < r->len; i++)
		sum += r->buckets[i].count;
	wanted = (sum * permille + 999) / 1000;
	sum = 0;
	for (uint16_t i = 0; i < r->len; i++) {
		sum += r->buckets[i].count;
		if (sum < wanted)
			continue;

		uint64_t ns = middle_of(r->buckets[i].place, bits_of(r));

		return ns < r->min_ns ? r->min_ns : ns;
	}
	return SKW_WIRE_RTT_UNKNOWN;
}

void skw_wire_rtt_free(struct skw_wire_rtt *r)
{
	free(r->buckets);
	*r = (struct skw_wire_rtt){ 0 };
}
