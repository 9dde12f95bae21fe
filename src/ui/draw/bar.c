// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/bar.h"

#include <stdio.h>
#include <string.h>

static int first_name(const struct skw_bar_item *item)
{
	return (int)strcspn(item->names, " ");
}

void skw_bar_add(struct skw_bar *bar, int id, const char *names, const char *what, uint8_t keep)
{
	struct skw_bar_item *item = &bar->items[bar->len];

	if (bar->len == SKW_BAR_MAX)
		return;
	bar->len++;
	*item = (struct skw_bar_item){ .names = names, .what = what, .keep = keep, .id = id };
	item->width = first_name(item) + 1 + (int)strlen(what);
}

void skw_bar_place(struct skw_bar *bar, int cols)
{
	int width = 1;

	for (size_t i = 0; i < bar->len; i++)
		width += bar->items[i].width + 2;
	while (bar->len > 1 && width - 2 > cols) {
		size_t least = 0;

		for (size_t i = 1; i < bar->len; i++)
			if (bar->items[i].keep < bar->items[least].keep)
				least = i;
		width -= bar->items[least].width + 2;
		bar->len--;
		memmove(&bar->items[least], &bar->items[least + 1],
			(bar->len - least) * sizeof(bar->items[0]));
	}
	width = 1;
	for (size_t i = 0; i < bar->len; i++) {
		bar->items[i].x = width;
		width += bar->items[i].width + 2;
	}
}

void skw_bar_draw(const struct skw_bar *bar, const struct skw_paint *paint, int y)
{
	for (size_t i = 0; i < bar->len; i++) {
		const struct skw_bar_item *item = &bar->items[i];
		char name[16];

		snprintf(name, sizeof(name), "%.*s", first_name(item), item->names);
		skw_paint_text(paint, y, item->x, paint->cols, SKW_STYLE_KEY, false, name);
		skw_paint_text(paint, y, item->x + first_name(item) + 1, paint->cols,
			       SKW_STYLE_PLAIN, false, item->what);
	}
}

int skw_bar_at(const struct skw_bar *bar, int x)
{
	for (size_t i = 0; i < bar->len; i++)
		if (x >= bar->items[i].x && x < bar->items[i].x + bar->items[i].width)
			return bar->items[i].id;
	return -1;
}
