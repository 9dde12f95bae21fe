/* SPDX-License-Identifier: BSD-2-Clause */
/* The last line of a screen: the most useful keys, as many as there is room for. */
#ifndef SKW_UI_DRAW_BAR_H
#define SKW_UI_DRAW_BAR_H

#include <stddef.h>
#include <stdint.h>

#include "ui/draw/paint.h"

/* The largest number of keys in the line. */
#define SKW_BAR_MAX 32

struct skw_bar {
	struct skw_bar_item {
		const char *names; /* of the key, of which the first is printed */
		const char *what;
		uint8_t keep; /* keys with the lowest number are left out first */
		int id;       /* the caller's */
		int x, width;
	} items[SKW_BAR_MAX];
	size_t len;
};

/* More than SKW_BAR_MAX are left out. */
void skw_bar_add(struct skw_bar *bar, int id, const char *names, const char *what, uint8_t keep);
/* Leaves keys out until they fit, and gives the others their places. */
void skw_bar_place(struct skw_bar *bar, int cols);
void skw_bar_draw(const struct skw_bar *bar, const struct skw_paint *paint, int y);
/* The id of the key at this column, -1 if there is none. */
int skw_bar_at(const struct skw_bar *bar, int x);

#endif
