/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text on the screen in one of a few styles. A style says what something means; what it looks
 * like depends on how many colours the terminal has. All text goes through ui/draw/cells.h.
 */
#ifndef SKW_UI_DRAW_PAINT_H
#define SKW_UI_DRAW_PAINT_H

#include <stdbool.h>
#include <stdint.h>

enum skw_style {
	SKW_STYLE_PLAIN,
	SKW_STYLE_STRONG,  /* figures of the head, a changed state */
	SKW_STYLE_FAINT,   /* labels, closed rows */
	SKW_STYLE_ALARM,   /* an RTO, a refusal, losses */
	SKW_STYLE_WARNING, /* a retransmission, a slow round trip */
	SKW_STYLE_TITLE,   /* heads of columns */
	SKW_STYLE_SORTED,  /* ... of the one that is sorted by */
	SKW_STYLE_KEY,     /* a key of the last line */
	SKW_STYLE_FOUND,   /* what was searched for */
	SKW_STYLES
};

struct skw_paint {
	bool utf8;
	int rows, cols;             /* of the screen now */
	uint32_t attrs[SKW_STYLES]; /* ncurses' */
};

/* After ncurses was started. */
void skw_paint_init(struct skw_paint *p, bool colors, bool utf8);

/*
 * At most `width` columns of the text at that place, nothing beyond the screen. `selected` shows
 * it as part of the line the cursor is on. Returns the columns used.
 */
int skw_paint_text(const struct skw_paint *p, int y, int x, int width, enum skw_style style,
		   bool selected, const char *text);
/* Likewise, to the right of those columns. */
void skw_paint_right(const struct skw_paint *p, int y, int x, int width, enum skw_style style,
		     bool selected, const char *text);
/* Blanks in that style. */
void skw_paint_fill(const struct skw_paint *p, int y, int x, int width, enum skw_style style,
		    bool selected);

#endif
