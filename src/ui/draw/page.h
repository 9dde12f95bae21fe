/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of text that are longer than the screen is high: the detail of a connection, the help. */
#ifndef SKW_UI_DRAW_PAGE_H
#define SKW_UI_DRAW_PAGE_H

#include <stddef.h>

#include "ui/draw/paint.h"
#include "util/buf.h"

struct skw_page {
	struct skw_buf text;  /* of all spans, each terminated */
	struct skw_buf spans; /* struct skw_page_span */
	size_t lines;
	bool open; /* the last line is being written */
	bool utf8;
	int width; /* where lines are broken */
	int x;     /* of the next span */
	int indent;
};

struct skw_page_span {
	size_t line, text;
	int x;
	enum skw_style style;
};

/* Empties it. */
void skw_page_begin(struct skw_page *p, int width, bool utf8);
void skw_page_free(struct skw_page *p);

/* Appends to the line. */
void skw_page_put(struct skw_page *p, enum skw_style style, const char *text);
/* Goes on at this column, if the line is not beyond it. */
void skw_page_tab(struct skw_page *p, int x);
/* Ends the line; an empty one if nothing was put. */
void skw_page_end(struct skw_page *p);
/* A line of its own. */
void skw_page_line(struct skw_page *p, enum skw_style style, const char *text);

/*
 * A label (NULL: none) and its value, three blanks behind what is there, on a line of their own
 * if they don't fit. Following lines begin at `indent`. A text longer than a line is broken.
 */
void skw_page_item(struct skw_page *p, const char *label, enum skw_style style, const char *value);

/* Lines from `top` on, into `rows` lines of the screen from y on. */
void skw_page_draw(const struct skw_page *p, const struct skw_paint *paint, int y, int rows,
		   size_t top);

#endif
