/* SPDX-License-Identifier: BSD-2-Clause */
/* A line made of parts. When the line is too long, the least important parts are left out. */
#ifndef SKW_UI_DRAW_PARTS_H
#define SKW_UI_DRAW_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "ui/draw/paint.h"

#define SKW_PARTS_MAX  16
#define SKW_PARTS_TEXT 256

struct skw_parts {
	const struct skw_paint *paint; /* borrowed; the caller sets it */
	size_t len;
	struct skw_part {
		uint8_t keep; /* parts with the lowest number are left out first */
		uint8_t gap;  /* blanks before the part */
		enum skw_style style;
		char text[SKW_PARTS_TEXT];
	} parts[SKW_PARTS_MAX];
};

/* More than SKW_PARTS_MAX are left out. */
void skw_parts_add(struct skw_parts *l, uint8_t keep, uint8_t gap, enum skw_style style,
		   const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void skw_parts_draw(struct skw_parts *l, int y);

#endif
