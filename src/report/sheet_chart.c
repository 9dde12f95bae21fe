// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_chart.h"

#include <stdlib.h>
#include <string.h>

#include "report/sheet_text.h"

#define W         SKW_SHEET_CHART_WIDTH
#define H         SKW_SHEET_CHART_HEIGHT

#define LABELS    5
#define NS_PER_S  1000000000ULL
#define SHORT_NS  (20 * NS_PER_S)
#define LONGER_NS (86400 * NS_PER_S)

static void add_legend(struct skw_buf *out, const char *legend)
{
	while (*legend) {
		size_t len = strcspn(legend, "|"), name = strcspn(legend, "=");

		skw_buf_printf(out, "<span class=\"key %.*s\"><i></i>%.*s</span>", (int)name,
			       legend, (int)(len - name - 1), legend + name + 1);
		legend += len + (legend[len] == '|');
	}
}

void skw_sheet_chart_begin(struct skw_buf *out, const struct skw_sheet_chart *c)
{
	skw_buf_printf(out, "<figure class=\"chart %s\"><figcaption><b>", c->kind);
	skw_sheet_text_html(out, c->title);
	skw_buf_add_str(out, "</b>");
	add_legend(out, c->legend);
	skw_buf_printf(out,
		       "</figcaption><div class=plot><div class=ys><span>%s</span><span>%s</span>"
		       "<span>%s</span></div><svg viewBox=\"0 0 %d %d\" "
		       "preserveAspectRatio=none role=img aria-label=\"",
		       c->top, c->middle, c->bottom, W, H);
	skw_sheet_text_html(out, c->title);
	skw_buf_printf(
		out, "\"><path class=grid d=\"M0 0H%dM0 %dH%dM0 %dH%dM%d 0V%dM%d 0V%dM%d 0V%d\"/>",
		W, H / 2, W, H, W, W / 4, H, W / 2, H, W / 4 * 3, H);
}

void skw_sheet_chart_end(struct skw_buf *out)
{
	skw_buf_add_str(out, "</svg></div></figure>");
}

/* Tenths are fine enough, and whole numbers are short. */
static void add_number(struct skw_buf *out, double v)
{
	long tenths = (long)(v * 10 + (v < 0 ? -0.5 : 0.5));

	if (tenths % 10)
		skw_buf_printf(out, "%s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10,
			       labs(tenths) % 10);
	else
		skw_buf_printf(out, "%ld", tenths / 10);
}

static double clamp(double v)
{
	return v < 0 ? 0 : v > 1 ? 1 : v;
}

static void add_place(struct skw_buf *out, char command, double x, double y)
{
	skw_buf_add_char(out, command);
	add_number(out, x);
	skw_buf_add_char(out, ' ');
	add_number(out, y);
}

void skw_sheet_chart_area(struct skw_buf *out, const char *kind, const double *v, size_t n)
{
	double each = (double)W / (double)(n ? n : 1);

	skw_buf_printf(out, "<path class=%s d=\"M0 %d", kind, H);
	for (size_t i = 0; i < n; i++) {
		skw_buf_add_char(out, 'V');
		add_number(out, H - H * clamp(v[i]));
		skw_buf_add_char(out, 'H');
		add_number(out, each * (double)(i + 1));
	}
	skw_buf_printf(out, "V%dZ\"/>", H);
}

void skw_sheet_chart_line(struct skw_buf *out, const char *kind, const double *v, size_t n)
{
	double each = (double)W / (double)(n ? n : 1);
	size_t last = 0;
	int drawn = 0;

	skw_buf_printf(out, "<path class=%s d=\"", kind);
	for (size_t i = 0; i < n; i++) {
		double y = H - H * clamp(v[i]);

		if (v[i] < 0)
			continue;
		/* A value stands for its span; spans without one are bridged if they are few. */
		if (!drawn || i - last > 3) {
			add_place(out, 'M', each * (double)i, y);
		} else {
			add_place(out, 'L', each * (double)i, y);
		}
		skw_buf_add_char(out, 'H');
		add_number(out, each * (double)(i + 1));
		drawn = 1;
		last = i;
	}
	skw_buf_add_str(out, "\"/>");
}

void skw_sheet_chart_bars(struct skw_buf *out, const char *kind, const double *v, size_t n)
{
	double each = (double)W / (double)(n ? n : 1);

	skw_buf_printf(out, "<path class=%s d=\"", kind);
	for (size_t i = 0; i < n; i++) {
		if (v[i] <= 0)
			continue;
		add_place(out, 'M', each * ((double)i + 0.5), H);
		skw_buf_add_char(out, 'V');
		add_number(out, H - H * clamp(v[i]));
	}
	skw_buf_add_str(out, "\"/>");
}

void skw_sheet_chart_times(struct skw_buf *out, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t range_ns = to_ns - from_ns;

	skw_buf_add_str(out, "<div class=xs>");
	for (unsigned i = 0; i < LABELS; i++) {
		uint64_t at_ns = from_ns + range_ns / (LABELS - 1) * i;

		skw_buf_add_str(out, "<span>");
		skw_sheet_text_time(out, at_ns, range_ns < SHORT_NS ? 3 : 0, range_ns > LONGER_NS);
		skw_buf_add_str(out, "</span>");
	}
	skw_buf_add_str(out, "</div>");
}
