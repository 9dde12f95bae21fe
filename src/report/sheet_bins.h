/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters over time: a limited number of spans that are all equally long. They become twice as
 * long whenever a time comes that is in none of them.
 */
#ifndef SKW_REPORT_SHEET_BINS_H
#define SKW_REPORT_SHEET_BINS_H

#include <stddef.h>
#include <stdint.h>

/* The caller sets the first three; the rest is zeroed. */
struct skw_sheet_bins {
	uint32_t max;      /* spans, 2 or more */
	uint32_t counters; /* of each span */
	uint64_t width_ns; /* not 0 */

	uint64_t origin_ns; /* where the first span begins */
	uint32_t len, size;
	uint64_t *counts; /* owned; len * counters */
};

/* The counters of the span that has this time. NULL: out of memory. */
uint64_t *skw_sheet_bins_at(struct skw_sheet_bins *b, uint64_t ts_ns);
/* The counters of a span by its number, below `len`. */
static inline const uint64_t *skw_sheet_bins_of(const struct skw_sheet_bins *b, uint32_t i)
{
	return b->counts + (size_t)i * b->counters;
}
void skw_sheet_bins_free(struct skw_sheet_bins *b);

/*
 * A distribution of times in microseconds: SKW_SHEET_TIMES counters, eight for each power of two,
 * so a quantile is at most a sixteenth wrong.
 */
#define SKW_SHEET_TIMES (8 * 30)
unsigned skw_sheet_times_place(uint64_t us);
/* The time that `permille` of 1000 do not exceed. UINT64_MAX: there are none. */
uint64_t skw_sheet_times_quantile(const uint64_t *counts, unsigned permille);

#endif
