/* SPDX-License-Identifier: BSD-2-Clause */
/* A text with more lines than the screen has: the detail of a connection, the help. */
#ifndef SKW_UI_DRAW_PAGE_H
#define SKW_UI_DRAW_PAGE_H

#include <stddef.h>

#include "ui/draw/paint.h"
#include "util/buf.h"

struct skw_page {
	struct skw_buf text;  /* of all spans, each with a terminating zero */
	struct skw_buf spans; /* an array of struct skw_page_span */
	size_t lines;
	bool open; /* the last line is not complete */
	bool utf8;
	int width; /* the column where lines are broken */
	int x;     /* the column of the next span */
	int indent;
};

struct skw_page_span {
	size_t line, text;
	int x;
	enum skw_style style;
};

/* Empties the page. */
void skw_page_begin(struct skw_page *p, int width, bool utf8);
void skw_page_free(struct skw_page *p);

/* Appends text to the line. */
void skw_page_put(struct skw_page *p, enum skw_style style, const char *text);
/* Continues the line at this column, unless the line is already longer. */
void skw_page_tab(struct skw_page *p, int x);
/* Begins a line with a label. Its values, and the lines that follow, begin at column `indent`. */
void skw_page_label(struct skw_page *p, const char *label, int indent);
/* Ends the line. If the line has no text, it is an empty line. */
void skw_page_end(struct skw_page *p);
/* Adds a whole line. */
void skw_page_line(struct skw_page *p, enum skw_style style, const char *text);

/* Adds a line of a list: a mark or keys, and from column `tab` on what they mean. */
void skw_page_entry(struct skw_page *p, enum skw_style style, const char *mark, int tab,
		    const char *text);
/*
 * Adds a label (may be NULL) and its value, three blanks after the text before them, or on a new
 * line if they don't fit. New lines begin at `indent`. A text that is longer than a line is broken.
 */
void skw_page_item(struct skw_page *p, const char *label, enum skw_style style, const char *value);

/* Draws the lines from `top` on into `rows` lines of the screen, from line y on. */
void skw_page_draw(const struct skw_page *p, const struct skw_paint *paint, int y, int rows,
		   size_t top);

#endif
