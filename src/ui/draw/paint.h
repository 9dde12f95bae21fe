/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text on the screen in one of a few styles. A style says what a text means. How it looks depends
 * on the number of colours of the terminal. All text goes through ui/draw/cells.h.
 */
#ifndef SKW_UI_DRAW_PAINT_H
#define SKW_UI_DRAW_PAINT_H

#include <stdbool.h>
#include <stdint.h>

enum skw_style {
	SKW_STYLE_PLAIN,
	SKW_STYLE_STRONG,  /* figures of the head, a changed state */
	SKW_STYLE_FAINT,   /* labels, closed rows */
	SKW_STYLE_ALARM,   /* an RTO, a refused connection, losses */
	SKW_STYLE_WARNING, /* a retransmission, a slow round trip */
	SKW_STYLE_TITLE,   /* titles of columns */
	SKW_STYLE_SORTED,  /* the title of the column that is sorted by */
	SKW_STYLE_KEY,     /* a key in the last line */
	SKW_STYLE_FOUND,   /* a line that matches the search */
	SKW_STYLES
};

/* On a smaller terminal a line that says so is all that is drawn. */
#define SKW_PAINT_COLS_MIN 40
#define SKW_PAINT_ROWS_MIN 6

struct skw_paint {
	bool utf8;
	int rows, cols;             /* the current size of the screen */
	uint32_t attrs[SKW_STYLES]; /* attributes of ncurses */
};

/* Colours are off if the user says so, or by NO_COLOR (no-color.org). */
bool skw_paint_wants_colors(bool no_color);
/* To be called after ncurses was started. */
void skw_paint_init(struct skw_paint *p, bool colors, bool utf8);

/* Whether the screen is too small; then a line that says so is drawn. */
bool skw_paint_is_small(const struct skw_paint *p);

/*
 * Draws at most `width` columns of the text at line y, column x. Text beyond the screen is cut off.
 * `selected` draws it as part of the line that the cursor is on. Returns the number of columns
 * used.
 */
int skw_paint_text(const struct skw_paint *p, int y, int x, int width, enum skw_style style,
		   bool selected, const char *text);
/* Does the same, but aligns the text to the right of these columns. */
void skw_paint_right(const struct skw_paint *p, int y, int x, int width, enum skw_style style,
		     bool selected, const char *text);
/* Fills the columns with blanks. */
void skw_paint_fill(const struct skw_paint *p, int y, int x, int width, enum skw_style style,
		    bool selected);

#endif
