/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Smooths figures over three ticks: the mean of the current value and of the values of the last two
 * ticks, if they are known. Old values are kept in 16 bits with an error of at most 0.2 %. Two
 * figures that stay the same keep their order.
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

/* Forgets all values. */
void skw_smooth_free(struct skw_smooth *s);

/*
 * The smoothed figure, times 6, of the row with this place and cookie, whose figure is `now`
 * (SKW_NONE64: unknown, and so is the result). A place is small, and another row may have had it
 * before. tick: another one than the last time. 0 or -ENOMEM.
 */
int skw_smooth_add(struct skw_smooth *s, uint32_t place, uint64_t cookie, uint64_t now, bool tick,
		   uint64_t *out);

#endif
