// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_drawn.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "report/sheet_chart.h"
#include "report/sheet_facts.h"
#include "report/sheet_text.h"

#define W         1000.0
#define H         100.0
#define POINTS    160 /* of a series that is drawn */
#define EVENTS    16
#define MESSAGES  10
#define NS_PER_US 1000

/* The part of the plane that a plot shows. */
struct view {
	uint64_t from_ns, to_ns;
	uint64_t lo, hi;
};

static double x_of(const struct view *v, uint64_t ns)
{
	if (ns <= v->from_ns)
		return 0;
	return ns >= v->to_ns ? W : W * (double)(ns - v->from_ns) / (double)(v->to_ns - v->from_ns);
}

static double y_of(const struct view *v, uint64_t value)
{
	if (value <= v->lo)
		return H;
	return value >= v->hi ? 0 : H - H * (double)(value - v->lo) / (double)(v->hi - v->lo);
}

static void widen(struct view *v, const struct skw_sheet_series *s)
{
	struct skw_sheet_point all;

	if (skw_sheet_series_extent(s, &all))
		return;
	if (all.lo < v->lo)
		v->lo = all.lo;
	if (all.hi > v->hi)
		v->hi = all.hi;
	if (all.to_ns > v->to_ns)
		v->to_ns = all.to_ns;
}

/* ---- plots ---- */

enum form { SPANS, STEPS_LO, STEPS_HI, STEPS };

static void add_span(struct skw_buf *out, const struct view *v, const struct skw_sheet_point *p)
{
	double x = x_of(v, p->from_ns), to = x_of(v, p->to_ns);

	/* A point that stands for a long time is a box. */
	skw_buf_printf(out, "M%.1f %.1fV%.1f", x, y_of(v, p->lo), y_of(v, p->hi));
	if (to - x > 1)
		skw_buf_printf(out, "H%.1fV%.1fZ", to, y_of(v, p->lo));
}

static void add_step(struct skw_buf *out, const struct view *v, const struct skw_sheet_point *p,
		     enum form form, bool first)
{
	uint64_t value = form == STEPS_LO ? p->lo : p->hi;

	if (first)
		skw_buf_printf(out, "M%.1f %.1f", x_of(v, p->from_ns), y_of(v, value));
	else
		skw_buf_printf(out, "H%.1fV%.1f", x_of(v, p->from_ns), y_of(v, value));
	/* Of a figure that goes up and down, both extremes are drawn. */
	if (form == STEPS && p->lo != p->hi)
		skw_buf_printf(out, "V%.1f", y_of(v, p->lo));
}

static int add_series(struct skw_buf *out, const struct view *v, const struct skw_sheet_series *s,
		      const char *kind, enum form form)
{
	struct skw_sheet_series thin;
	int ret = skw_sheet_series_copy(s, POINTS, &thin);

	if (ret)
		return ret;
	if (thin.len) {
		skw_buf_printf(out, "<path class=%s d=\"", kind);
		for (uint32_t i = 0; i < thin.len; i++) {
			if (form == SPANS)
				add_span(out, v, &thin.points[i]);
			else
				add_step(out, v, &thin.points[i], form, i == 0);
		}
		/* The last step, and a single one, is a dot. */
		skw_buf_add_str(out, form == SPANS ? "\"/>" : "h.1\"/>");
	}
	skw_sheet_series_free(&thin);
	return 0;
}

/* Marks below a plot, so that what was sent again is not told by a colour alone. */
static void add_marks(struct skw_buf *out, const struct view *v, const struct skw_sheet_detail *d,
		      unsigned side)
{
	const struct skw_sheet_series *again = &d->sides[side][SKW_SHEET_AGAIN];

	skw_buf_add_str(out, "<path class=\"again rug\" d=\"");
	for (uint32_t i = 0; i < again->len; i++)
		skw_buf_printf(out, "M%.1f 100v-5", x_of(v, again->points[i].from_ns));
	skw_buf_add_str(out, "\"/><path class=\"rto rug\" d=\"");
	for (uint32_t i = 0; i < d->events_len; i++)
		if (d->events[i].kind == SKW_SHEET_EVENT_KERNEL &&
		    d->events[i].type == SKW_EVENT_RTO)
			skw_buf_printf(out, "M%.1f 0v100", x_of(v, d->events[i].ts_ns));
	skw_buf_add_str(out, "\"/>");
}

typedef void text_of(struct skw_buf *out, uint64_t v);

static void begin_plot(struct skw_buf *out, const struct view *v, const char *title,
		       const char *legend, const char *kind, text_of *text)
{
	struct skw_buf labels = SKW_BUF_INIT;
	size_t at[3];

	for (unsigned i = 0; i < 3; i++) {
		at[i] = labels.len;
		text(&labels, i == 2 ? v->lo : v->hi - (v->hi - v->lo) / 2 * i);
		skw_buf_add_char(&labels, '\0');
	}
	if (labels.failed) {
		out->failed = true;
	} else {
		const char *l = (const char *)labels.data;
		const struct skw_sheet_chart chart = { title,     legend,    l + at[0],
						       l + at[1], l + at[2], kind };

		skw_sheet_chart_begin(out, &chart);
	}
	skw_buf_free(&labels);
}

static void add_seconds(struct skw_buf *out, const struct view *v)
{
	skw_buf_add_str(out, "<div class=xs>");
	for (unsigned i = 0; i < 5; i++) {
		skw_buf_add_str(out, "<span>");
		skw_sheet_text_us(out, (v->to_ns - v->from_ns) / 4 * i / NS_PER_US);
		skw_buf_add_str(out, "</span>");
	}
	skw_buf_add_str(out, "</div>");
}

static int add_sequence(struct skw_buf *out, struct view v, const struct skw_sheet_detail *d,
			unsigned side)
{
	const struct skw_sheet_series *s = d->sides[side];
	int ret;

	v.lo = UINT64_MAX;
	for (unsigned i = 0; i <= SKW_SHEET_ACKED; i++)
		widen(&v, &s[i]);
	/* A SYN alone is no data. */
	if (v.lo >= v.hi || v.hi - v.lo < 2)
		return 0;
	begin_plot(out, &v,
		   side ? "Sequence of the server\xe2\x80\x99s data"
			: "Sequence of the client\xe2\x80\x99s data",
		   "sent=sent|again=sent again|sacked=SACK|acked=acknowledged|window=window|"
		   "rto=timeout",
		   "tall", skw_sheet_text_bytes);
	ret = add_series(out, &v, &s[SKW_SHEET_ACKED], "window", STEPS_HI);
	if (!ret)
		ret = add_series(out, &v, &s[SKW_SHEET_ACKED], "acked", STEPS_LO);
	if (!ret)
		ret = add_series(out, &v, &s[SKW_SHEET_SENT], "sent", SPANS);
	if (!ret)
		ret = add_series(out, &v, &s[SKW_SHEET_SACKED], "sacked", SPANS);
	if (!ret)
		ret = add_series(out, &v, &s[SKW_SHEET_AGAIN], "again", SPANS);
	add_marks(out, &v, d, side);
	skw_sheet_chart_end(out);
	add_seconds(out, &v);
	return ret;
}

static int add_rtt(struct skw_buf *out, struct view v, const struct skw_sheet_detail *d,
		   unsigned side)
{
	const struct skw_sheet_series *wire = &d->sides[side][SKW_SHEET_RTT_WIRE];
	int ret;

	v.lo = v.hi = 0;
	widen(&v, wire);
	widen(&v, &d->sides[side][SKW_SHEET_RTT_KERNEL]);
	if (!v.hi)
		return 0;
	begin_plot(out, &v, "Round trip", "wire=wire|kernel=kernel", "low", skw_sheet_text_us);
	ret = add_series(out, &v, wire, "wire", STEPS);
	if (!ret)
		ret = add_series(out, &v, &d->sides[side][SKW_SHEET_RTT_KERNEL], "kernel", STEPS);
	skw_sheet_chart_end(out);
	return ret;
}

/* ---- words ---- */

static void add_facts(struct skw_buf *out, const struct skw_sheet_connection *c)
{
	struct skw_buf raw = SKW_BUF_INIT;

	skw_sheet_facts_all(&raw, c);
	out->failed |= raw.failed;
	skw_buf_add_str(out, "<dl class=facts>");
	for (const char *p = (const char *)raw.data, *end = p + raw.len; !raw.failed && p < end;) {
		skw_buf_printf(out, "<div><dt>%s</dt><dd>", p);
		p += strlen(p) + 1;
		skw_sheet_text_html(out, p);
		p += strlen(p) + 1;
		skw_buf_add_str(out, "</dd></div>");
	}
	skw_buf_add_str(out, "</dl>");
	skw_buf_free(&raw);
}

static void add_since(struct skw_buf *out, const struct skw_sheet_connection *c, uint64_t ts_ns)
{
	bool before = ts_ns < c->first_ns;

	skw_buf_add_str(out, before ? "\xe2\x88\x92" : "+");
	skw_sheet_text_us(out, (before ? c->first_ns - ts_ns : ts_ns - c->first_ns) / NS_PER_US);
}

static void add_left(struct skw_buf *out, uint64_t left)
{
	if (!left)
		return;
	skw_buf_add_str(out, "<li class=note>and ");
	skw_sheet_text_count(out, left);
	skw_buf_add_str(out, " more</li>");
}

static bool is_again(const struct skw_sheet_event *e)
{
	return e->kind == SKW_SHEET_EVENT_KERNEL && e->type == SKW_EVENT_RETRANS;
}

static void add_event(struct skw_buf *out, const struct skw_sheet_connection *c,
		      const struct skw_sheet_event *e)
{
	skw_buf_printf(out, "<li class=\"key %s\"><time>", skw_sheet_facts_event_kind(e));
	add_since(out, c, e->ts_ns);
	skw_buf_add_str(out, "</time> <i></i>");
	skw_sheet_facts_event(out, e);
	skw_buf_add_str(out, "</li>");
}

/* Segments that were sent again are the most, so the others come before them. */
static void add_events(struct skw_buf *out, const struct skw_sheet_connection *c)
{
	const struct skw_sheet_detail *d = c->detail;
	uint32_t others = 0, added = 0, again;

	for (uint32_t i = 0; i < d->events_len; i++)
		others += !is_again(&d->events[i]);
	if (!d->events_len)
		return;
	again = others < EVENTS ? EVENTS - others : 0;
	skw_buf_add_str(out, "<div><h4>What happened</h4><ol class=log>");
	for (uint32_t i = 0; i < d->events_len && added < EVENTS; i++) {
		if (is_again(&d->events[i]) && !again)
			continue;
		again -= is_again(&d->events[i]);
		add_event(out, c, &d->events[i]);
		added++;
	}
	add_left(out, d->events_len - added + d->events_left);
	skw_buf_add_str(out, "</ol></div>");
}

static void add_messages(struct skw_buf *out, const struct skw_sheet_connection *c)
{
	const struct skw_sheet_detail *d = c->detail;
	uint32_t n = d->messages_len < MESSAGES ? d->messages_len : MESSAGES;

	if (!n)
		return;
	skw_buf_add_str(out, "<div><h4>Requests, the slowest first</h4><ol class=log>");
	for (uint32_t i = 0; i < n; i++) {
		const struct skw_sheet_message *m = &d->messages[i];

		skw_buf_add_str(out, m->error ? "<li class=x><time>" : "<li><time>");
		add_since(out, c, m->ts_ns);
		skw_buf_printf(out, "</time> <em>%s</em> ", m->protocol);
		skw_sheet_text_html(out, m->kind);
		skw_buf_add_str(out, " <b>");
		skw_sheet_text_html(out, m->status);
		skw_buf_add_str(out, "</b> ");
		skw_sheet_text_us(out, m->latency_ns == SKW_MESSAGE_UNKNOWN ? SKW_SHEET_UNKNOWN
									    : m->latency_ns / 1000);
		skw_buf_add_str(out, "</li>");
	}
	add_left(out, c->messages - n);
	skw_buf_add_str(out, "</ol></div>");
}

int skw_sheet_drawn_add(struct skw_buf *out, const struct skw_sheet_connection *c, size_t number)
{
	unsigned side = skw_sheet_facts_side(c);
	struct view v = { c->first_ns, c->last_ns, 0, 0 };
	int ret = 0;

	skw_buf_printf(out, "<article class=drawn><h3><span>%zu</span> ", number);
	skw_sheet_text_end(out, &c->tuple, 0);
	skw_buf_add_str(out, " \xe2\x86\x92 ");
	skw_sheet_text_end(out, &c->tuple, 1);
	skw_buf_add_str(out, "</h3>");
	add_facts(out, c);
	if (c->detail && v.to_ns == v.from_ns)
		v.to_ns++;
	if (c->detail && c->first_ns != SKW_SHEET_UNKNOWN) {
		ret = add_sequence(out, v, c->detail, side);
		if (!ret)
			ret = add_rtt(out, v, c->detail, side);
	}
	if (c->detail) {
		skw_buf_add_str(out, "<div class=logs>");
		add_events(out, c);
		add_messages(out, c);
		skw_buf_add_str(out, "</div>");
	}
	skw_buf_add_str(out, "</article>");
	return out->failed ? -ENOMEM : ret;
}
