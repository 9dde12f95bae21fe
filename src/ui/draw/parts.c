// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ui/draw/cells.h"

void skw_parts_add(struct skw_parts *l, uint8_t keep, uint8_t gap, enum skw_style style,
		   const char *fmt, ...)
{
	struct skw_part *part = &l->parts[l->len];
	va_list ap;

	if (l->len == SKW_PARTS_MAX)
		return;
	l->len++;
	part->keep = keep;
	part->gap = gap;
	part->style = style;
	va_start(ap, fmt);
	vsnprintf(part->text, sizeof(part->text), fmt, ap);
	va_end(ap);
}

static int line_width(const struct skw_parts *l)
{
	int width = 0;

	for (size_t i = 0; i < l->len; i++)
		width += l->parts[i].gap + skw_cells_width(l->parts[i].text, l->paint->utf8);
	return width;
}

void skw_parts_draw(struct skw_parts *l, int y)
{
	int x = 0;

	while (l->len > 1 && line_width(l) > l->paint->cols) {
		size_t least = 0;

		for (size_t i = 1; i < l->len; i++)
			if (l->parts[i].keep <= l->parts[least].keep)
				least = i;
		l->len--;
		if (least == 0)
			l->parts[1].gap = 1;
		memmove(&l->parts[least], &l->parts[least + 1],
			(l->len - least) * sizeof(l->parts[0]));
	}
	for (size_t i = 0; i < l->len; i++) {
		x += l->parts[i].gap;
		x += skw_paint_text(l->paint, y, x, l->paint->cols - x, l->parts[i].style, false,
				    l->parts[i].text);
	}
}
