/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Points in time with a limit to their number. When the limit is reached, neighbours are put
 * together, those that are the nearest in time first: a point then stands for a span of time, and
 * has the lowest and the highest value of it, so that no extreme is lost, and what is rare is kept
 * apart.
 */
#ifndef SKW_REPORT_SHEET_SERIES_H
#define SKW_REPORT_SHEET_SERIES_H

#include <stddef.h>
#include <stdint.h>

struct skw_sheet_point {
	uint64_t from_ns, to_ns;
	uint64_t lo, hi;
};

/* A zeroed struct is empty. */
struct skw_sheet_series {
	struct skw_sheet_point *points; /* owned */
	uint32_t len, size;
};

/*
 * Adds a value, of at most `max` points (2 or more). A time before the last one counts as that
 * one. 0 or -ENOMEM.
 */
int skw_sheet_series_add(struct skw_sheet_series *s, uint32_t max,
			 const struct skw_sheet_point *value);
/* Leaves at most `max` points (1 or more), and no memory for others. 0 or -ENOMEM. */
int skw_sheet_series_shrink(struct skw_sheet_series *s, uint32_t max);
/* A copy of at most `max` points (1 or more), which the caller frees. 0 or -ENOMEM. */
int skw_sheet_series_copy(const struct skw_sheet_series *s, uint32_t max,
			  struct skw_sheet_series *out);
/* The lowest and the highest value, in *all; and when. Returns 0, or -ENOENT if it is empty. */
int skw_sheet_series_extent(const struct skw_sheet_series *s, struct skw_sheet_point *all);
void skw_sheet_series_free(struct skw_sheet_series *s);

static inline size_t skw_sheet_series_memory(const struct skw_sheet_series *s)
{
	return s->size * sizeof(*s->points);
}

#endif
