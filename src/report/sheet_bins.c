// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_bins.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 8
/* Parts of a power of two, as a power of two. */
#define PARTS 3

static uint64_t *at(struct skw_sheet_bins *b, uint32_t i)
{
	return b->counts + (size_t)i * b->counters;
}

static void widen(struct skw_sheet_bins *b)
{
	uint32_t n = (b->len + 1) / 2;

	for (uint32_t i = 0; i < n; i++) {
		memmove(at(b, i), at(b, 2 * i), b->counters * sizeof(*b->counts));
		for (uint32_t k = 0; 2 * i + 1 < b->len && k < b->counters; k++)
			at(b, i)[k] += at(b, 2 * i + 1)[k];
	}
	b->len = n;
	b->width_ns *= 2;
}

static bool reserve(struct skw_sheet_bins *b, uint32_t len)
{
	uint32_t size = b->size ? b->size : FIRST_SIZE;
	uint64_t *counts;

	if (len <= b->size)
		return true;
	while (size < len)
		size *= 2;
	if (size > b->max)
		size = b->max;
	counts = reallocarray(b->counts, size, b->counters * sizeof(*counts));
	if (!counts)
		return false;
	b->counts = counts;
	b->size = size;
	return true;
}

/* Makes the spans reach to the one of this number. */
static bool extend(struct skw_sheet_bins *b, uint32_t len)
{
	if (len <= b->len)
		return true;
	if (!reserve(b, len))
		return false;
	memset(at(b, b->len), 0, (size_t)(len - b->len) * b->counters * sizeof(*b->counts));
	b->len = len;
	return true;
}

/* Makes the first span begin before this time. */
static bool begin_before(struct skw_sheet_bins *b, uint64_t ts_ns)
{
	uint64_t spans = 0;

	for (;; widen(b)) {
		spans = (b->origin_ns - ts_ns + b->width_ns - 1) / b->width_ns;
		if (spans + b->len <= b->max)
			break;
		/* A span can't be longer than all of time. */
		if (b->width_ns > UINT64_MAX / 4)
			return true;
	}
	uint32_t old = b->len;

	if (!extend(b, (uint32_t)spans + old))
		return false;
	memmove(at(b, (uint32_t)spans), at(b, 0), (size_t)old * b->counters * sizeof(*b->counts));
	memset(at(b, 0), 0, (size_t)spans * b->counters * sizeof(*b->counts));
	b->origin_ns -= spans * b->width_ns < b->origin_ns ? spans * b->width_ns : b->origin_ns;
	return true;
}

uint64_t *skw_sheet_bins_at(struct skw_sheet_bins *b, uint64_t ts_ns)
{
	if (!b->len)
		b->origin_ns = ts_ns - ts_ns % b->width_ns;
	else if (ts_ns < b->origin_ns && !begin_before(b, ts_ns))
		return NULL;
	if (ts_ns < b->origin_ns)
		ts_ns = b->origin_ns;
	while ((ts_ns - b->origin_ns) / b->width_ns >= b->max)
		widen(b);

	uint32_t i = (uint32_t)((ts_ns - b->origin_ns) / b->width_ns);

	return extend(b, i + 1) ? at(b, i) : NULL;
}

void skw_sheet_bins_free(struct skw_sheet_bins *b)
{
	free(b->counts);
	b->counts = NULL;
	b->len = b->size = 0;
}

unsigned skw_sheet_times_place(uint64_t us)
{
	unsigned place = (unsigned)us;

	if (us >> PARTS) {
		unsigned shift = 63 - (unsigned)__builtin_clzll(us) - PARTS;

		place = (shift << PARTS) + (unsigned)(us >> shift);
	}
	return place < SKW_SHEET_TIMES ? place : SKW_SHEET_TIMES - 1;
}

static uint64_t middle_of(unsigned place)
{
	unsigned power = place >> PARTS;

	if (power < 2)
		return place;

	uint64_t first = (place & ((1U << PARTS) - 1)) + (1U << PARTS);

	return (first << (power - 1)) + (1ULL << (power - 1)) / 2;
}

uint64_t skw_sheet_times_quantile(const uint64_t *counts, unsigned permille)
{
	uint64_t sum = 0, seen = 0, wanted;

	for (unsigned i = 0; i < SKW_SHEET_TIMES; i++)
		sum += counts[i];
	wanted = (sum * permille + 999) / 1000;
	for (unsigned i = 0; sum && i < SKW_SHEET_TIMES; i++) {
		seen += counts[i];
		if (seen >= wanted)
			return middle_of(i);
	}
	return UINT64_MAX;
}
