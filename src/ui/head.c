// SPDX-License-Identifier: BSD-2-Clause
#include "ui/head.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "format/format.h"
#include "ui/capture_key.h"
#include "ui/draw/numbers.h"
#include "ui/draw/parts.h"
#include "ui/draw/spark.h"
#include "util/clock.h"

#define SPARK     8  /* columns of a sparkline */
#define SPARK_BIG 20 /* the same on a wide screen */

static void clock_text(const struct skw_screen *s, char *out, size_t size)
{
	time_t now = (time_t)((s->status->now_ns + (uint64_t)s->status->offset_ns) / SKW_NS_PER_S);
	struct tm tm;

	if (!localtime_r(&now, &tm) || !strftime(out, size, "%H:%M:%S", &tm))
		snprintf(out, size, "--:--:--");
}

static void sort_text(const struct skw_screen *s, char *out, size_t size)
{
	enum skw_column column = skw_column_by_field(s->settings.sort);
	const char *title = column < SKW_COLUMNS ? skw_columns[column].title
						 : skw_fields[s->settings.sort].name;

	snprintf(out, size, "%s %c", title + strspn(title, " "), s->settings.ascending ? '^' : 'v');
}

static void first_line(const struct skw_screen *s, const struct skw_totals *totals, int y)
{
	struct skw_parts l = { .paint = &s->paint };
	char text[64];

	skw_parts_add(&l, 20, 1, SKW_STYLE_STRONG, "skwatch");
	skw_parts_add(&l, 60, 2, SKW_STYLE_PLAIN, "%s", s->host);
	if (s->status) {
		clock_text(s, text, sizeof(text));
		skw_parts_add(&l, 80, 2, SKW_STYLE_STRONG, "%s", text);
	}
	if (s->paused)
		skw_parts_add(&l, 255, 2, SKW_STYLE_TITLE, " PAUSED ");
	if (s->status && totals) {
		if (isnan(totals->events_per_s))
			skw_parts_add(&l, 40, 3, SKW_STYLE_PLAIN, "events --,");
		else
			skw_parts_add(&l, 40, 3, SKW_STYLE_PLAIN, "events %.0f/s,",
				      totals->events_per_s);
		skw_parts_add(&l, s->status->events_lost ? 100 : 30, 1,
			      s->status->events_lost ? SKW_STYLE_ALARM : SKW_STYLE_PLAIN,
			      "%llu lost", (unsigned long long)s->status->events_lost);
	}
	if (s->recorded)
		skw_parts_add(&l, 85, 3, SKW_STYLE_STRONG, "recorded, speed %g",
			      (double)SKW_NS_PER_S / (double)s->interval_ns);
	else
		skw_parts_add(&l, 35, 3, SKW_STYLE_PLAIN, "every %g s",
			      (double)s->interval_ns / SKW_NS_PER_S);
	if (s->tags_only)
		skw_parts_add(&l, 85, 3, SKW_STYLE_STRONG, "only tagged");
	if (s->settings.group)
		skw_parts_add(&l, 75, 3, SKW_STYLE_STRONG, "by %s",
			      skw_group_names[s->settings.group]);
	if (s->follow && s->table) {
		const struct skw_row *row = skw_table_find(s->table, s->follow);
		char owner[SKW_COLUMN_OWNER_SIZE];

		skw_parts_add(&l, 65, 3, SKW_STYLE_STRONG, "following %s",
			      row ? skw_column_owner(row, owner) : "--");
	}
	sort_text(s, text, sizeof(text));
	skw_parts_add(&l, 70, 3, SKW_STYLE_PLAIN, "sort %s", text);
	if (s->settings.filter[0])
		skw_parts_add(&l, 90, 3, SKW_STYLE_STRONG, "filter %.*s", s->paint.cols / 2,
			      s->settings.filter);
	else
		skw_parts_add(&l, 10, 3, SKW_STYLE_FAINT, "no filter");
	skw_parts_draw(&l, y);
}

static void second_line(const struct skw_screen *s, const struct skw_totals *t, int y)
{
	const size_t closing = t->states[SKW_STATE_FIN_WAIT1] + t->states[SKW_STATE_FIN_WAIT2] +
			       t->states[SKW_STATE_LAST_ACK] + t->states[SKW_STATE_CLOSING];
	const struct {
		size_t n;
		const char *what;
		uint8_t keep;
		bool always;
	} counts[] = {
		{ t->states[SKW_STATE_ESTABLISHED], "established", 90, true },
		{ t->states[SKW_STATE_SYN_SENT] + t->states[SKW_STATE_SYN_RECV], "opening", 80,
		  true },
		{ closing, "closing", 50, false },
		{ t->states[SKW_STATE_CLOSE_WAIT], "close-wait", 70, true },
		{ t->states[SKW_STATE_TIME_WAIT], "time-wait", 60, true },
		{ t->closed, "closed", 40, false },
		{ t->states[SKW_STATE_LISTEN], "listening", 30, true },
		{ t->udp, "UDP", 15, false },
		{ t->netns, t->netns == 1 ? "namespace" : "namespaces", 20, true },
	};
	struct skw_parts l = { .paint = &s->paint };
	const struct skw_group_row *sum = skw_view_sum(s->view);
	char n[SKW_NUMBERS_SIZE], shown[SKW_NUMBERS_SIZE];

	if (sum)
		skw_parts_add(&l, 100, 1, SKW_STYLE_STRONG, "%s of %s connection%s",
			      skw_numbers_grouped(shown, sum->connections),
			      skw_numbers_grouped(n, t->rows), t->rows == 1 ? "" : "s");
	else
		skw_parts_add(&l, 100, 1, SKW_STYLE_STRONG, "%s connection%s",
			      skw_numbers_grouped(n, t->rows), t->rows == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i].n || counts[i].always)
			skw_parts_add(&l, counts[i].keep, 3, SKW_STYLE_PLAIN, "%s %s",
				      skw_numbers_grouped(n, counts[i].n), counts[i].what);
	if (s->status->netns_failed)
		skw_parts_add(&l, 95, 1, SKW_STYLE_ALARM, "(%u unreadable)",
			      s->status->netns_failed);
	if (s->messages && s->messages->runs)
		skw_parts_add(&l, 45, 3, SKW_STYLE_PLAIN, "%s messages",
			      skw_numbers_grouped(n, s->messages->messages));
	if (s->messages && s->messages->lost)
		skw_parts_add(&l, 94, 1, SKW_STYLE_ALARM, "(%llu packets lost)",
			      (unsigned long long)s->messages->lost);
	if (s->messages && s->messages->left_out)
		skw_parts_add(&l, 93, 1, SKW_STYLE_ALARM, "(%llu not shown)",
			      (unsigned long long)s->messages->left_out);
	if (t->bad_records)
		skw_parts_add(&l, 96, 3, SKW_STYLE_ALARM, "%llu bad records",
			      (unsigned long long)t->bad_records);
	skw_parts_draw(&l, y);
}

static const char *rate_text(char *out, double bps)
{
	return skw_numbers_rate(out, isnan(bps) ? SKW_NONE64 : (uint64_t)bps);
}

static void time_text(char *out, double us)
{
	skw_format_us(out, 6, isnan(us) ? SKW_NONE64 : (uint64_t)us);
}

static void per_second_text(char *out, size_t size, double rate)
{
	if (isnan(rate))
		snprintf(out, size, "--");
	else
		snprintf(out, size, "%.*f/s", rate > 0 && rate < 9.95 ? 1 : 0, rate);
}

static void add_spark(struct skw_parts *l, const struct skw_totals *t, const double *history,
		      uint8_t keep)
{
	char text[SPARK_BIG * SKW_SPARK_BYTES + 1];
	unsigned n = l->paint->cols >= 160 ? SPARK_BIG : SPARK;

	if (n > t->history)
		n = t->history;
	if (!n)
		return;
	history += t->history - n;
	skw_spark_line(text, history, n, 0, skw_spark_top(history, n), l->paint->utf8);
	skw_parts_add(l, keep, 1, SKW_STYLE_PLAIN, "%s", text);
}

/* Beside the rate of all connections stands that of the connections that match the filter. */
static void add_rate(struct skw_parts *l, uint8_t keep, uint8_t gap, const char *name,
		     const uint64_t *shown, double all)
{
	char a[SKW_NUMBERS_SIZE], b[SKW_NUMBERS_SIZE];

	if (shown)
		skw_parts_add(l, keep, gap, SKW_STYLE_PLAIN, "%s %s of %s", name,
			      skw_numbers_rate(a, *shown), rate_text(b, all));
	else
		skw_parts_add(l, keep, gap, SKW_STYLE_PLAIN, "%s %s", name, rate_text(b, all));
}

static void third_line(const struct skw_screen *s, const struct skw_totals *t, int y)
{
	const struct skw_group_row *sum = skw_view_sum(s->view);
	struct skw_parts l = { .paint = &s->paint };
	char a[SKW_NUMBERS_SIZE], b[SKW_NUMBERS_SIZE];

	add_rate(&l, 70, 1, "rx", sum ? &sum->rx_bps : NULL, t->rx_bps);
	add_spark(&l, t, t->rx_history, 12);
	add_rate(&l, 69, 3, "tx", sum ? &sum->tx_bps : NULL, t->tx_bps);
	add_spark(&l, t, t->tx_history, 11);
	time_text(a, t->rtt_p50_us);
	time_text(b, t->rtt_p99_us);
	skw_parts_add(&l, 90, 3, SKW_STYLE_PLAIN, "RTT p50 %s", a);
	skw_parts_add(&l, 60, 1, SKW_STYLE_PLAIN, "p99 %s", b);
	add_spark(&l, t, t->rtt_p50_history, 14);
	per_second_text(a, sizeof(a), t->rto_per_s);
	skw_parts_add(&l, 80, 3, t->rto_per_s > 0 ? SKW_STYLE_ALARM : SKW_STYLE_PLAIN, "RTO %s", a);
	add_spark(&l, t, t->rto_history, 13);
	if (isnan(t->retrans_ratio))
		snprintf(a, sizeof(a), "--");
	else
		snprintf(a, sizeof(a), "%.2f %%", t->retrans_ratio * 100);
	skw_parts_add(&l, 75, 3, t->retrans_ratio > 0.01 ? SKW_STYLE_WARNING : SKW_STYLE_PLAIN,
		      "retrans %s", a);
	add_spark(&l, t, t->retrans_history, 10);
	skw_parts_draw(&l, y);
}

/* The line is there from the first capture on. */
static int capture_line(const struct skw_screen *s, int y)
{
	char text[SKW_CAPTURE_KEY_LINE];

	if (!skw_capture_key_line(s, text))
		return 0;
	skw_paint_text(&s->paint, y, 1, s->paint.cols - 1,
		       s->captured->runs ? SKW_STYLE_STRONG : SKW_STYLE_PLAIN, false, text);
	return 1;
}

int skw_head_draw(const struct skw_screen *s)
{
	const struct skw_totals *totals = s->table ? skw_table_totals(s->table) : NULL;
	int rows = s->paint.rows;

	first_line(s, totals, 0);
	if (!totals || rows < 8)
		return 1;
	if (rows < 9) {
		third_line(s, totals, 1);
		return 2;
	}
	second_line(s, totals, 1);
	third_line(s, totals, 2);
	return 3 + capture_line(s, 3) + (rows >= 14);
}
