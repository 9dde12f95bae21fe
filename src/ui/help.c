// SPDX-License-Identifier: BSD-2-Clause
#include "ui/help.h"

#include <stdio.h>
#include <string.h>

#include "expr/expr.h"
#include "ui/keys.h"
#include "util/cleanup.h"

#define KEYS_WIDTH 16

static const struct {
	const char *mark;
	enum skw_style style;
	const char *help;
} marks[] = {
	{ "!", SKW_STYLE_ALARM,
	  "an RTO within 10 s; refused, reset or timed out; a listener that overflows" },
	{ "*", SKW_STYLE_WARNING,
	  "a retransmission within 10 s; SRTT over 1 ms and over 4 times its minimum" },
	{ "x", SKW_STYLE_FAINT, "closed; its final figures are kept for a while" },
	{ "+", SKW_STYLE_STRONG, "its state changed since the last update" },
	{ "#", SKW_STYLE_PLAIN, "tagged by you" },
	{ "<", SKW_STYLE_PLAIN, "before the peer: accepted here;  > opened here" },
	{ "/s", SKW_STYLE_PLAIN, "RX/s, TX/s: bits per second" },
	{ "--", SKW_STYLE_PLAIN, "not known" },
};

static const struct {
	uint32_t bit;
	const char *help;
} lacks[] = {
	{ SKW_LACKS_ENROL, "no events and RTT samples of connections older than this" },
	{ SKW_LACKS_RTT_ARGS, "RTT events without the time" },
	{ SKW_LACKS_UDP, "no UDP sockets" },
	{ SKW_LACKS_HOLDERS, "no holders of sockets, only who opened them" },
	{ SKW_LACKS_CREATOR, "not who opened a connection, only who holds it" },
	{ SKW_LACKS_FAILED, "no connect() that failed at once" },
	{ SKW_LACKS_SYNACK, "no SYN-ACKs that are sent again" },
	{ SKW_LACKS_WIRE, "no owners of packets of new sockets of UDP" },
	{ SKW_LACKS_CALLBACKS, "nothing between updates: another program excludes callbacks" },
	{ SKW_LACKS_COUNTS, "no counts of datagrams" },
};

static void add_lacks(struct skw_page *p, const struct skw_watch_status *status)
{
	bool any = false;

	for (size_t i = 0; status && i < SKW_ARRAY_SIZE(lacks); i++) {
		if (!(status->lacks & lacks[i].bit))
			continue;
		if (!any)
			skw_page_line(p, SKW_STYLE_STRONG, " What this kernel can't tell");
		any = true;
		p->x = 3;
		skw_page_line(p, SKW_STYLE_PLAIN, lacks[i].help);
	}
	if (any)
		skw_page_end(p);
}

static void add_fields(struct skw_page *p)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	char *line, *rest;

	skw_expr_help(&text);
	skw_buf_add_char(&text, '\0');
	if (text.failed)
		return;
	skw_page_line(p, SKW_STYLE_STRONG,
		      " Filters compare these (= != < <= > >= ~ =~), joined by and, or, not, ( )");
	skw_page_line(p, SKW_STYLE_PLAIN,
		      "   comm ~ nginx and (srtt > 20ms or retrans > 1%) and remote ~ 10.0.0.0/8");
	for (rest = (char *)text.data; (line = strsep(&rest, "\n"));) {
		p->x = 3;
		p->indent = 22;
		skw_page_item(p, NULL, SKW_STYLE_PLAIN, line + strspn(line, " "));
		skw_page_end(p);
	}
}

void skw_help_draw(struct skw_screen *s, int y, int rows)
{
	struct skw_page *p = &s->page;

	skw_page_begin(p, s->paint.cols, s->paint.utf8);
	skw_page_line(p, SKW_STYLE_STRONG, " Keys (any other goes back)");
	for (size_t i = 0; i < skw_keys_len; i++) {
		if (!skw_keys_have(s, &skw_keys[i]))
			continue;
		skw_page_entry(p, SKW_STYLE_KEY, skw_keys[i].names, 3 + KEYS_WIDTH,
			       skw_keys[i].help);
	}
	skw_page_end(p);
	add_lacks(p, s->status);
	skw_page_line(p, SKW_STYLE_STRONG, " Marks");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(marks); i++)
		skw_page_entry(p, marks[i].style, marks[i].mark, 7, marks[i].help);
	skw_page_end(p);
	p->indent = 0;
	add_fields(p);
	skw_cursor_scroll(&s->page_top, SKW_MOTION_UP, p->lines, rows);
	skw_page_draw(p, &s->paint, y, rows, s->page_top);
}
