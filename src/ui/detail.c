// SPDX-License-Identifier: BSD-2-Clause
#include "ui/detail.h"

#include <inttypes.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "format/format.h"
#include "row/address.h"
#include "row/cgroup_name.h"
#include "row/history.h"
#include "row/row.h"
#include "ui/draw/datagram_lines.h"
#include "ui/draw/numbers.h"
#include "ui/draw/spark.h"
#include "ui/capture_key.h"
#include "ui/fields.h"
#include "ui/draw/holder_lines.h"
#include "ui/draw/talk_lines.h"
#include "ui/list_rows.h"
#include "ui/story.h"
#include "util/clock.h"

#define INDENT 10 /* the column where values begin, right of the labels */
#define VALUE  96

void skw_detail_open(struct skw_screen *s, uint64_t cookie)
{
	s->detail = cookie;
	s->detail_fields = false;
	s->page_top = 0;
	s->pane = SKW_PANE_DETAIL;
}

uint32_t skw_detail_holder(const struct skw_screen *s)
{
	const struct skw_row *row = s->table ? skw_table_find(s->table, s->detail) : NULL;

	return row && row->owners ? row->owners->list[0].pid : 0;
}

static void begin(struct skw_page *p, const char *label)
{
	skw_page_label(p, label, INDENT);
}

static uint64_t wide(uint32_t v)
{
	return v == SKW_NONE32 ? SKW_NONE64 : v;
}

static void add_us(struct skw_page *p, const char *label, uint64_t us)
{
	char text[16];

	skw_format_us(text, 7, us);
	skw_page_item(p, label, SKW_STYLE_PLAIN, text);
}

static void add_number(struct skw_page *p, const char *label, uint64_t v)
{
	char text[SKW_NUMBERS_SIZE];

	skw_page_item(p, label, SKW_STYLE_PLAIN, skw_numbers_grouped(text, v));
}

static void add_bytes(struct skw_page *p, const char *label, uint64_t bytes)
{
	char text[SKW_NUMBERS_SIZE];

	skw_page_item(p, label, SKW_STYLE_PLAIN, skw_numbers_bytes(text, bytes));
}

static void add_rate(struct skw_page *p, const char *label, uint64_t bps)
{
	char text[SKW_NUMBERS_SIZE];

	skw_page_item(p, label, SKW_STYLE_PLAIN, skw_numbers_rate(text, bps));
}

static void add_tuple(struct skw_page *p, const struct skw_row *row)
{
	static const char *const arrows[] = { " - ", " < ", " > " };
	char endpoint[SKW_ENDPOINT_SIZE];

	skw_address_local(endpoint, row);
	skw_page_put(p, SKW_STYLE_STRONG, endpoint);
	if (skw_row_has_peer(row)) {
		char both[SKW_ENDPOINT_SIZE + 4];

		skw_address_remote(endpoint, row);
		snprintf(both, sizeof(both), "%s%s", arrows[row->direction % 3], endpoint);
		skw_page_put(p, SKW_STYLE_STRONG, both);
	}
	if (row->remote && row->remote->name) {
		char name[SKW_NAMED_SIZE + 16];

		snprintf(name, sizeof(name), "  %s (by %s)", row->remote->name,
			 row->remote->name_source);
		skw_page_put(p, SKW_STYLE_PLAIN, name);
	}
}

static void add_times(struct skw_page *p, const struct skw_row *row,
		      const struct skw_watch_status *status)
{
	char text[VALUE], when[SKW_STORY_TIME];
	const char *reason = skw_row_close_reason_name(row->close_reason);
	struct skw_value v;

	skw_field_value(row, SKW_FIELD_AGE_US, &v);
	if (row->opened_ns == SKW_NONE64) {
		skw_page_item(p, NULL, SKW_STYLE_PLAIN, "opening not seen");
	} else {
		char age[16];

		skw_story_time(when, row->opened_ns, status->offset_ns, false);
		skw_format_age(age, 8, v.known ? v.number : SKW_NONE64);
		snprintf(text, sizeof(text), "%s (%s%s)", when, age,
			 row->closed_ns == SKW_NONE64 ? " ago" : " long");
		skw_page_item(p, "opened", SKW_STYLE_PLAIN, text);
	}
	if (row->closed_ns != SKW_NONE64) {
		skw_story_time(when, row->closed_ns, status->offset_ns, false);
		snprintf(text, sizeof(text), "%s, %s", when, reason ? reason : "--");
		skw_page_item(p, "closed",
			      skw_list_rows_health(row) == SKW_STYLE_ALARM ? SKW_STYLE_ALARM
									   : SKW_STYLE_STRONG,
			      text);
	}
}

void skw_detail_name(struct skw_page *p, const struct skw_row *row)
{
	char text[VALUE];

	p->indent = 1;
	p->x = 1;
	add_tuple(p, row);
	skw_page_item(p, NULL, SKW_STYLE_STRONG, skw_row_state_name(row->state));
	if (row->owners) {
		snprintf(text, sizeof(text), "%s [%" PRIu32 "]", row->owners->list[0].comm,
			 row->owners->list[0].pid);
		skw_page_item(p, NULL, SKW_STYLE_STRONG, text);
	}
	if (row->uid != SKW_NONE32) {
		snprintf(text, sizeof(text), "%" PRIu32, row->uid);
		skw_page_item(p, "uid", SKW_STYLE_PLAIN, text);
	}
	if (row->cgroup)
		skw_page_item(p, NULL, SKW_STYLE_PLAIN,
			      skw_cgroup_name_of((char[SKW_CGROUP_NAME_SIZE]){ 0 }, row->cgroup));
	if (row->netns_name)
		skw_page_item(p, "netns", SKW_STYLE_PLAIN, row->netns_name);
}

static void add_title(struct skw_page *p, const struct skw_row *row,
		      const struct skw_watch_status *status)
{
	skw_detail_name(p, row);
	add_times(p, row, status);
	if (row->congestion)
		skw_page_item(p, NULL, SKW_STYLE_PLAIN, row->congestion);
	skw_page_end(p);
}

/* The upper end of bucket i, in microseconds. abi/conn.h tells how the buckets are cut. */
static double bucket_end(size_t i)
{
	return 32.0 * (double)(1u << i);
}

/*
 * The time that this share of the samples did not exceed. Its error is at most the width of its
 * bucket. NAN if there are no samples.
 */
static double percentile(const struct skw_row *row, double share)
{
	const uint32_t *hist = skw_row_hist(row);
	uint64_t total = 0, seen = 0;

	if (!hist)
		return NAN;
	for (size_t i = 0; i < SKW_RTT_BUCKETS; i++)
		total += hist[i];
	for (size_t i = 0; i < SKW_RTT_BUCKETS && total; i++) {
		uint64_t n = hist[i];

		if (n && (double)(seen + n) >= share * (double)total) {
			double part = (share * (double)total - (double)seen) / (double)n;

			return bucket_end(i) * (i ? 0.5 + part / 2 : part);
		}
		seen += n;
	}
	return NAN;
}

static void add_rtt(struct skw_page *p, const struct skw_row *row)
{
	const struct {
		const char *label;
		double share;
	} shares[] = { { "p50 ~", 0.5 }, { "p99 ~", 0.99 } };
	char text[16];

	begin(p, " RTT");
	skw_format_us(text, 7, wide(row->srtt_us));
	skw_page_item(p, "smoothed", skw_list_rows_slow(row) ? SKW_STYLE_WARNING : SKW_STYLE_STRONG,
		      text);
	add_us(p, "last", wide(row->last_rtt_us));
	add_us(p, "min", wide(row->min_rtt_us));
	add_us(p, "varies by", wide(row->rttvar_us));
	for (size_t i = 0; i < 2; i++) {
		double us = percentile(row, shares[i].share);

		if (!isnan(us))
			add_us(p, shares[i].label, (uint64_t)us);
	}
	add_number(p, "samples", wide(row->rtt_samples));
	skw_page_end(p);
}

static void add_history(struct skw_page *p, const struct skw_row *row)
{
	uint32_t us[SKW_ROW_HISTORY];
	double values[SKW_ROW_HISTORY], low = NAN, high;
	char line[SKW_ROW_HISTORY * SKW_SPARK_BYTES + 1], a[16], b[16], text[40];
	size_t n =
		p->width - INDENT < SKW_ROW_HISTORY ? (size_t)(p->width - INDENT) : SKW_ROW_HISTORY;

	skw_history_read(row, us, n);
	for (size_t i = 0; i < n; i++) {
		values[i] = us[i] == SKW_NONE32 ? NAN : us[i];
		if (us[i] != SKW_NONE32 && !(values[i] >= low))
			low = values[i];
	}
	begin(p, " 60 s");
	if (isnan(low)) {
		skw_page_line(p, SKW_STYLE_PLAIN, "--");
		return;
	}
	high = skw_spark_top(values, n);
	skw_spark_line(line, values, n, low, high > 4 * low ? high : 4 * low, p->utf8);
	skw_page_put(p, SKW_STYLE_PLAIN, line);
	p->open = true;
	skw_format_us(a, 6, (uint64_t)low);
	skw_format_us(b, 6, (uint64_t)high);
	snprintf(text, sizeof(text), "%s to %s", a, b);
	skw_page_item(p, NULL, SKW_STYLE_PLAIN, text);
	skw_page_end(p);
}

#define BAR       12
#define BAR_WIDTH 30

/* Draws a bar for each bucket from the first that has samples to the last. */
static void add_histogram(struct skw_page *p, const struct skw_row *row)
{
	const uint32_t *hist = skw_row_hist(row);
	size_t first = SKW_RTT_BUCKETS, last = 0;
	uint32_t most = 0;
	int column = 0, columns = (p->width - INDENT) / BAR_WIDTH;

	if (!hist)
		return;
	for (size_t i = 0; i < SKW_RTT_BUCKETS; i++) {
		if (!hist[i])
			continue;
		first = first < i ? first : i;
		last = i;
		most = hist[i] > most ? hist[i] : most;
	}
	for (size_t i = first; i <= last && first < SKW_RTT_BUCKETS; i++) {
		char text[VALUE], bar[BAR * SKW_SPARK_BYTES + 1], a[16], b[16];
		int used = skw_spark_bar(bar, (double)hist[i] / most, BAR, p->utf8);

		if (i == first)
			begin(p, " samples");
		skw_format_us(a, 5, (uint64_t)bucket_end(i < SKW_RTT_BUCKETS - 1 ? i : i - 1));
		skw_format_number(b, 6, hist[i]);
		snprintf(text, sizeof(text), "%s%-5s %s%s%-*s",
			 i < SKW_RTT_BUCKETS - 1 ? "< " : ">=", a, bar, used ? " " : "",
			 BAR_WIDTH - 9 - used, b);
		skw_page_tab(p, INDENT + column * BAR_WIDTH);
		skw_page_put(p, SKW_STYLE_PLAIN, text);
		if (++column >= columns || i == last) {
			skw_page_end(p);
			p->x = INDENT;
			column = 0;
		}
	}
	p->x = 0;
}

static void add_share(struct skw_page *p, const char *label, uint64_t part, uint64_t whole)
{
	char text[16];

	snprintf(text, sizeof(text), "%.0f %%", 100.0 * (double)part / (double)whole);
	skw_page_item(p, label, 2 * part > whole ? SKW_STYLE_STRONG : SKW_STYLE_PLAIN, text);
}

/*
 * Tells what the connection waited for, as shares of its age. busy_us is all the time in which
 * there was data to send, and the two limits are parts of it (net/ipv4/tcp.c,
 * tcp_get_info_chrono_stats).
 */
static void add_why(struct skw_page *p, const struct skw_row *row)
{
	struct skw_value age, app;
	uint64_t busy = row->busy_us, held, whole;

	begin(p, " why slow");
	skw_field_value(row, SKW_FIELD_AGE_US, &age);
	skw_field_value(row, SKW_FIELD_APP_LIMITED, &app);
	if (busy == SKW_NONE64 || row->rwnd_limited_us == SKW_NONE64 ||
	    row->sndbuf_limited_us == SKW_NONE64) {
		skw_page_line(p, SKW_STYLE_PLAIN, "--");
		return;
	}
	held = row->rwnd_limited_us + row->sndbuf_limited_us;
	whole = age.known && age.number > busy ? age.number : busy;
	if (whole) {
		if (age.known)
			add_share(p, "nothing to send", whole - busy, whole);
		add_share(p, "network", busy > held ? busy - held : 0, whole);
		add_share(p, "peer's window", row->rwnd_limited_us, whole);
		add_share(p, "our send buffer", row->sndbuf_limited_us, whole);
	} else {
		skw_page_item(p, NULL, SKW_STYLE_PLAIN, "nothing was sent yet");
	}
	add_us(p, "busy for", busy);
	skw_page_item(p, "application limits", SKW_STYLE_PLAIN,
		      !app.known   ? "--"
		      : app.number ? "yes"
				   : "no");
	skw_page_end(p);
}

static void add_counters(struct skw_page *p, const struct skw_row *row)
{
	char text[VALUE], a[SKW_NUMBERS_SIZE], b[SKW_NUMBERS_SIZE];

	begin(p, " sent");
	add_bytes(p, NULL, row->bytes_acked);
	if (row->closed_ns == SKW_NONE64)
		add_rate(p, "now", row->tx_bps);
	add_bytes(p, "not yet sent", wide(row->notsent));
	add_bytes(p, "queue", wide(row->send_q));
	snprintf(text, sizeof(text), "%s of %s", skw_numbers_grouped(a, wide(row->retrans_segs)),
		 skw_numbers_grouped(b, wide(row->segs_out)));
	skw_page_item(p, "retransmitted",
		      row->recent & SKW_RECENT_RETRANS ? SKW_STYLE_WARNING : SKW_STYLE_PLAIN, text);
	skw_page_item(p, "RTOs", row->recent & SKW_RECENT_RTO ? SKW_STYLE_ALARM : SKW_STYLE_PLAIN,
		      skw_numbers_grouped(a, wide(row->rto_count)));
	add_number(p, "lost", wide(row->lost_segs));
	skw_page_end(p);
	begin(p, " received");
	add_bytes(p, NULL, row->bytes_received);
	if (row->closed_ns == SKW_NONE64)
		add_rate(p, "now", row->rx_bps);
	add_bytes(p, "queue", wide(row->recv_q));
	add_number(p, "segments", wide(row->segs_in));
	skw_page_end(p);
	begin(p, " window");
	add_number(p, "cwnd", wide(row->cwnd));
	add_number(p, "ssthresh", wide(row->ssthresh));
	add_number(p, "in flight", wide(row->unacked));
	add_bytes(p, "peer's window", wide(row->snd_wnd));
	add_number(p, "mss", wide(row->mss));
	add_rate(p, "delivery", row->delivery_rate_bps);
	add_us(p, "RTO", wide(row->rto_us));
	skw_page_end(p);
}

/*
 * A listener's queues are counted in connections. When more than its limit are waiting, the kernel
 * drops those that come (net/ipv4/tcp_ipv4.c, tcp_v4_syn_recv_sock, sk_acceptq_is_full).
 */
static void add_listener(struct skw_page *p, const struct skw_row *row)
{
	bool over = skw_list_rows_overflows(row);
	char text[VALUE], a[SKW_NUMBERS_SIZE], b[SKW_NUMBERS_SIZE];

	begin(p, " queue");
	snprintf(text, sizeof(text), "%s connection%s, at most %s",
		 skw_numbers_grouped(a, wide(row->recv_q)), row->recv_q == 1 ? "" : "s",
		 skw_numbers_grouped(b, wide(row->send_q)));
	skw_page_item(p, "not accepted yet", over ? SKW_STYLE_ALARM : SKW_STYLE_STRONG, text);
	if (over)
		skw_page_item(p, NULL, SKW_STYLE_ALARM, "OVERFLOW");
	skw_page_item(p, "dropped",
		      row->recent & SKW_RECENT_DROPS ? SKW_STYLE_ALARM : SKW_STYLE_PLAIN,
		      skw_numbers_grouped(a, wide(row->drops)));
	add_number(p, "SYN-ACKs sent again", wide(row->retrans_events));
	skw_page_end(p);
}

static void add_figures(struct skw_page *p, const struct skw_row *row)
{
	if (row->state == SKW_STATE_LISTEN) {
		add_listener(p, row);
		return;
	}
	if (row->tuple.proto == IPPROTO_UDP) {
		skw_datagram_lines_add(p, row);
		return;
	}
	add_rtt(p, row);
	add_history(p, row);
	add_histogram(p, row);
	add_counters(p, row);
	add_why(p, row);
}

static void make_page(struct skw_screen *s, const struct skw_row *row)
{
	struct skw_page *p = &s->page;

	skw_page_begin(p, s->paint.cols, s->paint.utf8);
	add_title(p, row, s->status);
	if (s->detail_fields) {
		skw_fields_add(p, row, s->status->offset_ns);
		return;
	}
	add_figures(p, row);
	skw_talk_lines_add(p, row);
	skw_holder_lines_add(p, row, &s->holder);
	skw_capture_key_tail(s, p);
	skw_story_add(p, s->table, s->detail, s->status->offset_ns);
}

void skw_detail_draw(struct skw_screen *s, int y, int rows)
{
	const struct skw_row *row = skw_table_find(s->table, s->detail);

	/*
	 * When the row has gone, the page keeps what was drawn last, because these were its final
	 * figures.
	 */
	if (row)
		make_page(s, row);
	else
		snprintf(s->message, sizeof(s->message),
			 "This connection has gone; these are its last figures.");
	skw_cursor_scroll(&s->page_top, SKW_MOTION_UP, s->page.lines, rows);
	skw_page_draw(&s->page, &s->paint, y, rows, s->page_top);
}
