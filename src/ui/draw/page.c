// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/page.h"

#include <string.h>

#include "ui/draw/cells.h"

#define GAP 3

void skw_page_begin(struct skw_page *p, int width, bool utf8)
{
	skw_buf_reset(&p->text);
	skw_buf_reset(&p->spans);
	p->lines = 0;
	p->open = false;
	p->utf8 = utf8;
	p->width = width;
	p->x = 0;
	p->indent = 0;
}

void skw_page_free(struct skw_page *p)
{
	skw_buf_free(&p->text);
	skw_buf_free(&p->spans);
}

static void put_part(struct skw_page *p, enum skw_style style, const char *text, size_t len)
{
	struct skw_page_span span = { p->lines, p->text.len, p->x, style };

	p->open = true;
	skw_buf_add(&p->spans, &span, sizeof(span));
	skw_buf_add(&p->text, text, len);
	skw_buf_add_char(&p->text, '\0');
	if (!p->text.failed)
		p->x += skw_cells_width((const char *)p->text.data + span.text, p->utf8);
}

void skw_page_put(struct skw_page *p, enum skw_style style, const char *text)
{
	put_part(p, style, text, strlen(text));
}

void skw_page_tab(struct skw_page *p, int x)
{
	if (p->x < x)
		p->x = x;
}

void skw_page_end(struct skw_page *p)
{
	p->lines++;
	p->open = false;
	p->x = 0;
}

void skw_page_line(struct skw_page *p, enum skw_style style, const char *text)
{
	skw_page_put(p, style, text);
	skw_page_end(p);
}

static void break_line(struct skw_page *p)
{
	skw_page_end(p);
	p->x = p->indent;
}

/*
 * The number of bytes of the text that fit into `width` columns. The text is broken at a blank if
 * possible. Never 0.
 */
static size_t fitting(const struct skw_page *p, const char *text, int width)
{
	size_t len = 0, blank = 0;
	int used = 0;

	while (text[len] && used < width) {
		if (text[len] == ' ')
			blank = len;
		do
			len++;
		while ((text[len] & 0xc0) == 0x80);
		used++;
	}
	(void)p;
	if (text[len] && blank)
		return blank;
	return len ? len : strlen(text);
}

void skw_page_label(struct skw_page *p, const char *label, int indent)
{
	p->indent = 0;
	skw_page_put(p, SKW_STYLE_STRONG, label);
	p->x = p->indent = indent;
	p->open = false;
}

void skw_page_item(struct skw_page *p, const char *label, enum skw_style style, const char *value)
{
	int width =
		(label ? skw_cells_width(label, p->utf8) + 1 : 0) + skw_cells_width(value, p->utf8);

	if (p->open) {
		p->x += GAP;
		if (p->x + width > p->width)
			break_line(p);
	} else if (p->x == 0) {
		p->x = p->indent;
	}
	if (label) {
		skw_page_put(p, SKW_STYLE_FAINT, label);
		p->x++;
	}
	while (p->x + skw_cells_width(value, p->utf8) > p->width && p->width - p->x > GAP) {
		size_t len = fitting(p, value, p->width - p->x);

		if (!value[len])
			break;
		put_part(p, style, value, len);
		value += len;
		value += strspn(value, " ");
		break_line(p);
	}
	skw_page_put(p, style, value);
}

void skw_page_entry(struct skw_page *p, enum skw_style style, const char *mark, int tab,
		    const char *text)
{
	p->x = 3;
	skw_page_put(p, style, mark);
	skw_page_tab(p, tab);
	p->open = false;
	p->indent = tab;
	skw_page_item(p, NULL, SKW_STYLE_PLAIN, text);
	skw_page_end(p);
}

void skw_page_draw(const struct skw_page *p, const struct skw_paint *paint, int y, int rows,
		   size_t top)
{
	const struct skw_page_span *spans = (const void *)p->spans.data;
	size_t n = p->spans.len / sizeof(*spans);

	if (p->text.failed || p->spans.failed)
		return;
	for (size_t i = 0; i < n; i++)
		if (spans[i].line >= top && spans[i].line - top < (size_t)rows)
			skw_paint_text(paint, y + (int)(spans[i].line - top), spans[i].x,
				       paint->cols, spans[i].style, false,
				       (const char *)p->text.data + spans[i].text);
}
