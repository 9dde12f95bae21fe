// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/titles.h"

#include <stdio.h>
#include <string.h>

void skw_titles_cell(const struct skw_paint *paint, const struct skw_placed *at,
		     const struct skw_column_info *infos, int y, enum skw_style style,
		     bool selected, const char *text)
{
	if (infos[at->column].left)
		skw_paint_text(paint, y, at->x, at->width, style, selected, text);
	else
		skw_paint_right(paint, y, at->x, at->width, style, selected, text);
}

void skw_titles_draw(const struct skw_paint *paint, const struct skw_layout *layout,
		     const struct skw_column_info *infos, int sorted, bool ascending, int y)
{
	skw_paint_fill(paint, y, 0, paint->cols, SKW_STYLE_TITLE, false);
	for (size_t i = 0; i < layout->len; i++) {
		const struct skw_placed *at = &layout->at[i];
		const char *title = infos[at->column].title;
		bool is_sorted = (int)i == sorted;
		char text[32], mark[3] = "";

		if (is_sorted)
			snprintf(mark, sizeof(mark), "%s%c",
				 (int)strlen(title) + 2 <= at->width ? " " : "",
				 ascending ? '^' : 'v');
		snprintf(text, sizeof(text), "%.*s%s", at->width - (int)strlen(mark), title, mark);
		skw_titles_cell(paint, at, infos, y, is_sorted ? SKW_STYLE_SORTED : SKW_STYLE_TITLE,
				false, text);
	}
}

int skw_titles_at(const struct skw_layout *layout, int x)
{
	for (size_t i = 0; i < layout->len; i++)
		if (x >= layout->at[i].x && x <= layout->at[i].x + layout->at[i].width)
			return (int)i;
	return SKW_TITLES_NONE;
}
