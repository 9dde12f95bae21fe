/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Figures smoothed over three ticks: the mean of what is and of what was in the two ticks before,
 * as far as that is known. What was is kept in 16 bits, within 0.2 %; a figure that stays the same
 * keeps its place among others for certain.
 */
#ifndef SKW_VIEW_SMOOTH_H
#define SKW_VIEW_SMOOTH_H

#include <stdbool.h>
#include <stddef.h>

#include "model/row.h"

struct skw_smoothed;

struct skw_smooth {
	struct skw_smoothed *all; /* owned; by place of the row */
	size_t len;
};

void skw_smooth_free(struct skw_smooth *s); /* forgets everything */

/*
 * The smoothed figure, times 6, of the row with this place and cookie, whose figure is `now`
 * (SKW_NONE64: unknown, and so is the result). A place is small, and another row may have had it
 * before. tick: another one than the last time. 0 or -ENOMEM.
 */
int skw_smooth_add(struct skw_smooth *s, uint32_t place, uint64_t cookie, uint64_t now, bool tick,
		   uint64_t *out);

#endif
