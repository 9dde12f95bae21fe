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

/* Indexed by the slot of the row. */
struct skw_smooth {
	struct skw_smoothed *all; /* owned */
	size_t len;
};

/* Forgets all values. */
void skw_smooth_free(struct skw_smooth *s);

/*
 * Adds the current value `now` of a row and sets *out to the smoothed value times 6. SKW_NONE64
 * means unknown, in both. `tick` tells that a new tick has begun since the last call. 0 or -ENOMEM.
 */
int skw_smooth_add(struct skw_smooth *s, const struct skw_row *row, uint64_t now, bool tick,
		   uint64_t *out);

#endif
