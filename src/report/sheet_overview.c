// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_overview.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "report/sheet_chart.h"
#include "report/sheet_text.h"
#include "util/cleanup.h"

#define NS_PER_S 1e9

/* ---- head figures ---- */

static void begin_figure(struct skw_buf *out, const char *kind, const char *label)
{
	skw_buf_printf(out, "<div class=\"fig %s\"><dt>%s</dt><dd>", kind, label);
}

static void end_figure(struct skw_buf *out)
{
	skw_buf_add_str(out, "</dd></div>");
}

static void add_count(struct skw_buf *out, const char *label, uint64_t n, bool bad)
{
	begin_figure(out, bad && n && n != SKW_SHEET_UNKNOWN ? "bad" : "", label);
	skw_sheet_text_count(out, n);
	end_figure(out);
}

static void add_note(struct skw_buf *out, const char *fmt, uint64_t n)
{
	skw_buf_add_str(out, "<small>");
	skw_sheet_text_count(out, n);
	skw_buf_add_str(out, fmt);
	skw_buf_add_str(out, "</small>");
}

static void add_traffic(struct skw_buf *out, const struct skw_sheet_figures *f)
{
	uint64_t ns = f->first_ns == SKW_SHEET_UNKNOWN ? 0 : f->last_ns - f->first_ns;

	begin_figure(out, "", "Duration");
	skw_sheet_text_us(out, f->first_ns == SKW_SHEET_UNKNOWN ? SKW_SHEET_UNKNOWN : ns / 1000);
	end_figure(out);
	add_count(out, "Packets", f->packets, false);
	begin_figure(out, "", "Bytes");
	skw_sheet_text_bytes(out, f->bytes);
	if (ns) {
		skw_buf_add_str(out, "<small>");
		skw_sheet_text_rate(out, (uint64_t)((double)f->bytes * 8 * NS_PER_S / (double)ns));
		skw_buf_add_str(out, "</small>");
	}
	end_figure(out);
	begin_figure(out, "", "Connections");
	skw_sheet_text_count(out, f->connections);
	add_note(out, " TCP", f->tcp);
	end_figure(out);
}

static void add_trouble(struct skw_buf *out, const struct skw_sheet_figures *f)
{
	const uint64_t *t = f->totals;
	bool kernel = f->events || f->sweeps;
	uint64_t lost = f->stats ? f->stat_lost : f->lost;

	begin_figure(out, t[SKW_SHEET_RETRANSMITS] ? "bad" : "", "Sent again");
	skw_sheet_text_ratio(out, t[SKW_SHEET_RETRANSMITS], t[SKW_SHEET_SEGMENTS]);
	add_note(out, t[SKW_SHEET_RETRANSMITS] == 1 ? " segment" : " segments",
		 t[SKW_SHEET_RETRANSMITS]);
	end_figure(out);
	add_count(out, "Timeouts", kernel ? t[SKW_SHEET_RTOS] : SKW_SHEET_UNKNOWN, true);
	add_count(out, "Resets", t[SKW_SHEET_WIRE_RESETS], true);
	add_count(out, "Refused", t[SKW_SHEET_WIRE_REFUSED], true);
	begin_figure(out, lost ? "bad" : "", "Capture lost");
	skw_sheet_text_count(out, lost);
	if (f->stats)
		add_note(out, " seen", f->stat_seen);
	else if (!lost)
		skw_buf_add_str(out, "<small>as far as told</small>");
	end_figure(out);
}

static void add_time(struct skw_buf *out, const char *label, const uint64_t *times)
{
	begin_figure(out, "", label);
	skw_sheet_text_us(out, skw_sheet_times_quantile(times, 500));
	skw_buf_add_str(out, "<small>p99 ");
	skw_sheet_text_us(out, skw_sheet_times_quantile(times, 990));
	skw_buf_add_str(out, "</small>");
	end_figure(out);
}

void skw_sheet_overview_figures(struct skw_buf *out, const struct skw_sheet *s)
{
	const struct skw_sheet_figures *f = skw_sheet_figures(s);

	skw_buf_add_str(out, "<dl class=figs>");
	add_traffic(out, f);
	add_time(out, "RTT, wire", f->wire_times);
	if (f->events || f->sweeps)
		add_time(out, "RTT, kernel", f->kernel_times);
	add_trouble(out, f);
	if (f->messages) {
		begin_figure(out, f->message_errors ? "bad" : "", "Requests");
		skw_sheet_text_count(out, f->messages);
		add_note(out, " failed", f->message_errors);
		end_figure(out);
		add_time(out, "Answer time", f->latencies);
	}
	skw_buf_add_str(out, "</dl>");
}

static void add_missing(struct skw_buf *out, const char *text)
{
	skw_buf_printf(out, "<li>%s</li>", text);
}

void skw_sheet_overview_missing(struct skw_buf *out, const struct skw_sheet *s)
{
	const struct skw_sheet_figures *f = skw_sheet_figures(s);

	if (!f->packets)
		add_missing(out, "<b>Nothing to draw:</b> the input has no packets.");
	if (f->packets && !f->events && !f->sweeps)
		add_missing(
			out,
			"<b>The kernel&rsquo;s view is missing</b> (timeouts, states, its round "
			"trips and windows, reasons of closes): the input has no events. "
			"<code>skwatch capture -w FILE.pcapng</code> records them.");
	if (f->packets && !f->tcp)
		add_missing(out, "<b>Round trips and what was sent again are missing:</b> there is "
				 "no TCP connection.");
	if (f->packets && !f->messages)
		add_missing(out,
			    "<b>Requests are missing:</b> no packet has a request or an answer "
			    "of a protocol that is known here and not encrypted.");
	if (f->without_packets) {
		skw_buf_add_str(out, "<li>");
		skw_sheet_text_count(out, f->without_packets);
		skw_buf_add_str(out, f->without_packets == 1 ? " event is of a connection"
							     : " events are of connections");
		skw_buf_add_str(out, " without a packet here: in the charts only.</li>");
	}
	if (f->events_lost) {
		skw_buf_add_str(out, "<li><b>");
		skw_sheet_text_count(out, f->events_lost);
		skw_buf_add_str(out, f->events_lost == 1 ? " event was lost" : " events were lost");
		skw_buf_add_str(out, "</b> on the way into the file.</li>");
	}
	if (f->backwards) {
		skw_buf_add_str(out, "<li>");
		skw_sheet_text_count(out, f->backwards);
		skw_buf_add_str(out, f->backwards == 1
					     ? " packet is older than the one before it.</li>"
					     : " packets are older than the one before them.</li>");
	}
}

/* ---- charts ---- */

/* A round number that is not below the value. */
static double round_up(double v)
{
	double power = v > 0 ? pow(10, floor(log10(v))) : 1;

	static const double steps[] = { 1, 1.5, 2, 3, 4, 5, 6, 8, 10 };
	size_t i = 0;

	while (i + 1 < SKW_ARRAY_SIZE(steps) && v > steps[i] * power)
		i++;
	return steps[i] * power;
}

/* A chart of one counter, whose values are multiplied. `text` makes the labels. */
struct counted_chart {
	struct skw_sheet_chart chart;
	enum skw_sheet_counter counter;
	double factor;
	void (*text)(struct skw_buf *out, uint64_t v);
	void (*draw)(struct skw_buf *out, const char *kind, const double *v, size_t n);
	const char *kind;
};

static double highest(const struct skw_sheet_bins *b, enum skw_sheet_counter counter)
{
	double max = 0;

	for (uint32_t i = 0; i < b->len; i++)
		max = fmax(max, (double)skw_sheet_bins_of(b, i)[counter]);
	return max;
}

static void add_counted(struct skw_buf *out, const struct skw_sheet_bins *b,
			struct counted_chart *c)
{
	double top = round_up(fmax(highest(b, c->counter) * c->factor, 1)), v[SKW_SHEET_SPANS];
	struct skw_buf labels[2] = { SKW_BUF_INIT, SKW_BUF_INIT };

	for (uint32_t i = 0; i < b->len; i++)
		v[i] = (double)skw_sheet_bins_of(b, i)[c->counter] * c->factor / top;
	for (unsigned i = 0; i < 2; i++) {
		c->text(&labels[i], (uint64_t)(top / (i + 1)));
		skw_buf_add_char(&labels[i], '\0');
	}
	if (!labels[0].failed && !labels[1].failed) {
		c->chart.top = (const char *)labels[0].data;
		/* Half of 1 is no count. */
		c->chart.middle = top < 2 ? "" : (const char *)labels[1].data;
		c->chart.bottom = "0";
		skw_sheet_chart_begin(out, &c->chart);
		c->draw(out, c->kind, v, b->len);
		skw_sheet_chart_end(out);
	}
	skw_buf_free(&labels[0]);
	skw_buf_free(&labels[1]);
}

/* The lowest and the highest quantile that is drawn, rounded to powers of ten. */
static bool decades(const struct skw_sheet_bins *b, unsigned times, double *lo, double *hi)
{
	double min = INFINITY, max = 0;

	for (uint32_t i = 0; i < b->len; i++) {
		const uint64_t *counts = skw_sheet_bins_of(b, i) + times;
		uint64_t p50 = skw_sheet_times_quantile(counts, 500);

		if (p50 == UINT64_MAX)
			continue;
		min = fmin(min, fmax(1, (double)p50));
		max = fmax(max, (double)skw_sheet_times_quantile(counts, 990));
	}
	if (!max)
		return false;
	*lo = floor(log10(min));
	*hi = ceil(log10(fmax(max, 2)));
	return true;
}

static void add_quantiles(struct skw_buf *out, const struct skw_sheet_bins *b, unsigned times,
			  const char *title)
{
	static const struct {
		unsigned permille;
		const char *kind;
	} lines[] = { { 990, "p99" }, { 900, "p90" }, { 500, "p50" } };
	struct skw_buf text = SKW_BUF_INIT;
	double lo, hi, v[SKW_SHEET_SPANS];

	if (!decades(b, times, &lo, &hi))
		return;
	size_t at[3];

	for (unsigned i = 0; i < 3; i++) {
		at[i] = text.len;
		skw_sheet_text_us(&text, (uint64_t)llround(pow(10, hi - (hi - lo) / 2 * i)));
		skw_buf_add_char(&text, '\0');
	}
	if (!text.failed) {
		const char *labels = (const char *)text.data;
		const struct skw_sheet_chart chart = { title,          "p50=p50|p90=p90|p99=p99",
						       labels + at[0], labels + at[1],
						       labels + at[2], "rtt" };

		skw_sheet_chart_begin(out, &chart);
		for (size_t k = 0; k < SKW_ARRAY_SIZE(lines); k++) {
			for (uint32_t i = 0; i < b->len; i++) {
				uint64_t us = skw_sheet_times_quantile(
					skw_sheet_bins_of(b, i) + times, lines[k].permille);

				v[i] = us == UINT64_MAX ? -1
							: fmax(0, (log10(fmax(1, (double)us)) -
								   lo) / (hi - lo));
			}
			skw_sheet_chart_line(out, lines[k].kind, v, b->len);
		}
		skw_sheet_chart_end(out);
	}
	skw_buf_free(&text);
}

/* A lane has the events of a kind on the time axis. */
static void add_lane(struct skw_buf *out, const struct skw_sheet *s, const char *label,
		     const char *kind, enum skw_sheet_counter counter)
{
	const struct skw_sheet_bins *b = skw_sheet_spans(s);
	double max = highest(b, counter), v[SKW_SHEET_SPANS];

	for (uint32_t i = 0; i < b->len; i++) {
		double n = (double)skw_sheet_bins_of(b, i)[counter];

		/* Also a single event is seen. */
		v[i] = n > 0 ? 0.35 + 0.65 * n / max : -1;
	}
	skw_buf_printf(out, "<div class=lane><span class=\"key %s\"><i></i>%s<b>", kind, label);
	skw_sheet_text_count(out, skw_sheet_figures(s)->totals[counter]);
	skw_buf_printf(out,
		       "</b></span><svg viewBox=\"0 0 %d %d\" preserveAspectRatio=none role=img "
		       "aria-label=\"%s\"><path class=grid d=\"M0 %dH%d\"/>",
		       SKW_SHEET_CHART_WIDTH, SKW_SHEET_CHART_HEIGHT, label, SKW_SHEET_CHART_HEIGHT,
		       SKW_SHEET_CHART_WIDTH);
	skw_sheet_chart_bars(out, kind, v, b->len);
	skw_buf_add_str(out, "</svg></div>");
}

static void add_lanes(struct skw_buf *out, const struct skw_sheet *s)
{
	const struct skw_sheet_figures *f = skw_sheet_figures(s);
	bool kernel = f->events != 0;

	skw_buf_add_str(out, "<figure class=\"chart lanes\"><figcaption><b>Events</b><span "
			     "class=note>");
	skw_buf_add_str(out, kernel ? "as the kernel told them" : "as packets show them");
	skw_buf_add_str(out, "</span></figcaption>");
	if (kernel) {
		add_lane(out, s, "timeout", "rto", SKW_SHEET_RTOS);
		add_lane(out, s, "sent again", "again", SKW_SHEET_KERNEL_SENT);
		add_lane(out, s, "reset", "reset", SKW_SHEET_KERNEL_RESETS);
		add_lane(out, s, "refused", "refused", SKW_SHEET_KERNEL_REFUSED);
		add_lane(out, s, "gave up", "gaveup", SKW_SHEET_TIMEOUTS);
	} else {
		add_lane(out, s, "reset", "reset", SKW_SHEET_WIRE_RESETS);
		add_lane(out, s, "refused", "refused", SKW_SHEET_WIRE_REFUSED);
	}
	add_lane(out, s, "begin", "opened", SKW_SHEET_OPENED);
	skw_buf_add_str(out, "</figure>");
}

void skw_sheet_overview_charts(struct skw_buf *out, const struct skw_sheet *s)
{
	const struct skw_sheet_bins *b = skw_sheet_spans(s);
	double per_s = NS_PER_S / (double)b->width_ns;
	struct counted_chart traffic = { { .title = "Throughput", .legend = "", .kind = "traffic" },
					 SKW_SHEET_BYTES,
					 8 * per_s,
					 skw_sheet_text_rate,
					 skw_sheet_chart_area,
					 "bytes" };
	struct counted_chart again = {
		{ .title = "Segments sent again", .legend = "", .kind = "low" },
		SKW_SHEET_RETRANSMITS,
		1,
		skw_sheet_text_count,
		skw_sheet_chart_bars,
		"again"
	};

	if (!b->len)
		return;
	skw_buf_add_str(out, "<section id=time><h2>Over time</h2><div class=stack>");
	add_counted(out, b, &traffic);
	add_quantiles(out, b, SKW_SHEET_WIRE_TIMES, "Round trips on the wire");
	add_quantiles(out, b, SKW_SHEET_KERNEL_TIMES, "Round trips as the kernel smooths them");
	add_counted(out, b, &again);
	add_lanes(out, s);
	skw_sheet_chart_times(out, b->origin_ns, b->origin_ns + b->len * b->width_ns);
	skw_buf_add_str(out, "</div></section>");
}

/* ---- for the script ---- */

static void add_counter(struct skw_buf *out, const struct skw_sheet_bins *b, const char *name,
			enum skw_sheet_counter counter)
{
	skw_buf_printf(out, ",\"%s\":[", name);
	for (uint32_t i = 0; i < b->len; i++)
		skw_buf_printf(out, "%s%" PRIu64, i ? "," : "", skw_sheet_bins_of(b, i)[counter]);
	skw_buf_add_char(out, ']');
}

static void add_median(struct skw_buf *out, const struct skw_sheet_bins *b, const char *name,
		       unsigned times, unsigned permille)
{
	skw_buf_printf(out, ",\"%s\":[", name);
	for (uint32_t i = 0; i < b->len; i++) {
		uint64_t us = skw_sheet_times_quantile(skw_sheet_bins_of(b, i) + times, permille);

		skw_buf_add_str(out, i ? "," : "");
		if (us == UINT64_MAX)
			skw_buf_add_char(out, '0');
		else
			skw_buf_add_uint(out, us);
	}
	skw_buf_add_char(out, ']');
}

void skw_sheet_overview_json(struct skw_buf *out, const struct skw_sheet *s)
{
	const struct skw_sheet_bins *b = skw_sheet_spans(s);

	skw_buf_printf(out, "\"from\":%" PRIu64 ",\"span\":%" PRIu64, b->origin_ns / 1000000,
		       b->width_ns / 1000000);
	add_counter(out, b, "bytes", SKW_SHEET_BYTES);
	add_counter(out, b, "packets", SKW_SHEET_PACKETS);
	add_counter(out, b, "again", SKW_SHEET_RETRANSMITS);
	add_counter(out, b, "rtos", SKW_SHEET_RTOS);
	add_median(out, b, "wire50", SKW_SHEET_WIRE_TIMES, 500);
	add_median(out, b, "wire99", SKW_SHEET_WIRE_TIMES, 990);
	add_median(out, b, "kernel50", SKW_SHEET_KERNEL_TIMES, 500);
}
