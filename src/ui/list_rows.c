// SPDX-License-Identifier: BSD-2-Clause
#include "ui/list_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/format.h"
#include "ui/draw/cells.h"
#include "ui/draw/titles.h"
#include "util/cleanup.h"

#define CELL_SIZE 512
/*
 * Shorter round trips stay within the host. They vary with its scheduler, so no warning is given.
 */
#define SLOW_FROM_US 1000
#define SLOW_FACTOR  4

bool skw_list_rows_slow(const struct skw_row *row)
{
	return row->srtt_us != SKW_NONE32 && row->min_rtt_us != SKW_NONE32 &&
	       row->srtt_us >= SLOW_FROM_US &&
	       row->srtt_us > SLOW_FACTOR * (uint64_t)row->min_rtt_us;
}

/* As sk_acceptq_is_full() in include/net/sock.h. */
bool skw_list_rows_overflows(const struct skw_row *row)
{
	return row->state == SKW_STATE_LISTEN && row->recv_q != SKW_NONE32 &&
	       row->send_q != SKW_NONE32 && row->recv_q > row->send_q;
}

static bool ended_badly(const struct skw_row *row)
{
	return row->close_reason != SKW_CLOSE_UNKNOWN && row->close_reason != SKW_CLOSE_FIN &&
	       row->close_reason != SKW_CLOSE_HALF_CLOSED;
}

enum skw_style skw_list_rows_health(const struct skw_row *row)
{
	if (row->recent & (SKW_RECENT_RTO | SKW_RECENT_DROPS) || ended_badly(row) ||
	    skw_list_rows_overflows(row))
		return SKW_STYLE_ALARM;
	if (row->closed_ns == SKW_NONE64 &&
	    (row->recent & SKW_RECENT_RETRANS || skw_list_rows_slow(row)))
		return SKW_STYLE_WARNING;
	return SKW_STYLE_PLAIN;
}

/* The mark in the first column says without colours what the colours say. */
static const char *mark_of(const struct skw_screen *s, const struct skw_row *row)
{
	enum skw_style health = skw_list_rows_health(row);

	if (skw_screen_tag(s, row->cookie) < s->tags_len)
		return "#";
	if (health == SKW_STYLE_ALARM)
		return "!";
	if (row->closed_ns != SKW_NONE64)
		return "x";
	if (health == SKW_STYLE_WARNING)
		return "*";
	return row->changed ? "+" : " ";
}

static enum skw_style row_style(const struct skw_screen *s, const struct skw_row *row)
{
	const struct skw_view_options found = { .search = s->search };

	if (s->search[0] && skw_view_found(&found, row))
		return SKW_STYLE_FOUND;
	if (row->closed_ns != SKW_NONE64)
		return SKW_STYLE_FAINT;
	return row->changed ? SKW_STYLE_STRONG : SKW_STYLE_PLAIN;
}

/* The style of a cell that has a meaning of its own, SKW_STYLES if it has that of its row. */
static enum skw_style cell_style(enum skw_column column, const struct skw_row *row)
{
	if (column == SKW_COLUMN_RTO_COUNT && row->recent & SKW_RECENT_RTO)
		return SKW_STYLE_ALARM;
	if ((column == SKW_COLUMN_STATE || column == SKW_COLUMN_REASON) &&
	    (ended_badly(row) || skw_list_rows_overflows(row)))
		return SKW_STYLE_ALARM;
	if (row->closed_ns != SKW_NONE64)
		return SKW_STYLES;
	if (column == SKW_COLUMN_RETRANS && row->recent & SKW_RECENT_RETRANS)
		return SKW_STYLE_WARNING;
	if (column == SKW_COLUMN_SRTT && skw_list_rows_slow(row))
		return SKW_STYLE_WARNING;
	return SKW_STYLES;
}

static void draw_titles(const struct skw_screen *s, const struct skw_column_info *infos, int y)
{
	int sorted = SKW_TITLES_NONE;

	for (size_t i = s->layout.len; i-- > 0;) {
		uint8_t column = s->layout.at[i].column;

		if (infos[column].field == s->settings.sort && column != SKW_COLUMN_HISTORY)
			sorted = (int)i;
	}
	skw_titles_draw(&s->paint, &s->layout, infos, sorted, s->settings.ascending, y);
}

static void draw_row(const struct skw_screen *s, const struct skw_row *row, int y, bool selected)
{
	const struct skw_cell_env env = { s->status->now_ns, s->paint.utf8 };
	enum skw_style base = row_style(s, row), health = skw_list_rows_health(row);
	char text[CELL_SIZE];

	if (selected)
		skw_paint_fill(&s->paint, y, 0, s->paint.cols, base, true);
	skw_paint_text(&s->paint, y, 0, 1, health == SKW_STYLE_PLAIN ? base : health, selected,
		       mark_of(s, row));
	for (size_t i = 0; i < s->layout.len; i++) {
		const struct skw_placed *at = &s->layout.at[i];
		enum skw_style style = cell_style((enum skw_column)at->column, row);

		skw_column_text((enum skw_column)at->column, row, &env, at->width, text,
				sizeof(text));
		if (style == SKW_STYLES)
			style = base;
		skw_titles_cell(&s->paint, at, skw_columns, y, style, selected, text);
	}
}

/* Widens the columns of texts and identifiers so that the texts of this row fit. */
static void grow(struct skw_screen *s, const struct skw_row *row)
{
	static const uint8_t texts[] = { SKW_COLUMN_PID,    SKW_COLUMN_OWNER, SKW_COLUMN_LOCAL,
					 SKW_COLUMN_REMOTE, SKW_COLUMN_STATE, SKW_COLUMN_UID,
					 SKW_COLUMN_CGROUP, SKW_COLUMN_NETNS };
	const struct skw_cell_env env = { s->status->now_ns, s->paint.utf8 };
	char text[CELL_SIZE];

	for (size_t i = 0; i < SKW_ARRAY_SIZE(texts); i++) {
		int width;

		skw_column_text((enum skw_column)texts[i], row, &env, 60, text, sizeof(text));
		width = skw_cells_width(text, s->paint.utf8);
		if (width > s->grown[texts[i]])
			s->grown[texts[i]] = (uint8_t)(width < 60 ? width : 60);
	}
}

static size_t chosen_columns(const struct skw_screen *s, uint8_t *ids)
{
	if (s->settings.columns_len) {
		memcpy(ids, s->settings.columns, s->settings.columns_len);
		return s->settings.columns_len;
	}
	size_t n = 0;

	for (unsigned i = 0; i < SKW_COLUMN_DEFAULTS; i++) {
		/* Equal addresses of two namespaces would look like one. */
		if (i == SKW_COLUMN_LOCAL && skw_table_totals(s->table)->netns > 1)
			ids[n++] = SKW_COLUMN_NETNS;
		ids[n++] = (uint8_t)i;
		if (i == SKW_COLUMN_TX && s->settings.datagrams)
			for (unsigned c = SKW_COLUMN_RX_PPS; c <= SKW_COLUMN_DROP_RATE; c++)
				ids[n++] = (uint8_t)c;
		if (i == SKW_COLUMN_TX && s->messages && s->settings.messages)
			for (unsigned c = SKW_COLUMN_APP; c <= SKW_COLUMN_ERRORS; c++)
				ids[n++] = (uint8_t)c;
	}
	return n;
}

void skw_list_rows_draw(struct skw_screen *s, int y, int rows)
{
	uint8_t ids[SKW_LAYOUT_COLUMNS], want[SKW_LAYOUT_COLUMNS];
	size_t n = chosen_columns(s, ids), len = skw_view_len(s->view), end;

	s->list_y = y + 1;
	s->list_rows = rows - 1;
	skw_cursor_show(&s->list, len, s->list_rows);
	end = s->list.top + (size_t)s->list_rows;
	if (end > len)
		end = len;
	for (size_t i = s->list.top; i < end; i++)
		grow(s, skw_view_row(s->view, i));
	for (size_t i = 0; i < n; i++)
		want[i] = ids[i] == SKW_COLUMN_HISTORY ? SKW_ROW_HISTORY : s->grown[ids[i]];
	skw_layout_make(&s->layout, skw_columns, ids, n, want, 1, s->paint.cols - 1);
	draw_titles(s, skw_columns, y);
	for (size_t i = s->list.top; i < end; i++)
		draw_row(s, skw_view_row(s->view, i), s->list_y + (int)(i - s->list.top),
			 i == s->list.at);
	if (len == 0)
		skw_paint_text(&s->paint, s->list_y, 1, s->paint.cols, SKW_STYLE_FAINT, false,
			       s->settings.filter[0] ? "No connection matches the filter (F4)."
						     : "No connections.");
}

/* ---- groups ---- */

enum group_column {
	GROUP_NAME,
	GROUP_OPEN,
	GROUP_CLOSED,
	GROUP_RX,
	GROUP_TX,
	GROUP_SRTT,
	GROUP_WORST,
	GROUP_RETRANS,
	GROUP_RTO,
	GROUP_RECEIVED,
	GROUP_ACKED,
	GROUP_REQ_RATE,
	GROUP_LATENCY,
	GROUP_ERRORS,
	GROUP_APP,
	GROUP_COLUMNS
};

#define NO_FIELD SKW_FIELDS
/* The length of the longest IPv6 address. */
#define GROUP_NAME_MOST 39

static const struct skw_column_info group_columns[GROUP_COLUMNS] = {
	[GROUP_NAME] = { "name", "GROUP", "", NO_FIELD, { 14, 0, 60 }, 255, true },
	[GROUP_OPEN] = { "open", "CONNS", "", NO_FIELD, { 6, 0, 7 }, 254, false },
	[GROUP_CLOSED] = { "closed", "CLOSED", "", NO_FIELD, { 6, 0, 7 }, 55, false },
	[GROUP_RX] = { "rx", "RX/s", "", SKW_FIELD_RX_BPS, { 6, 0, 7 }, 60, false },
	[GROUP_TX] = { "tx", "TX/s", "", SKW_FIELD_TX_BPS, { 6, 0, 7 }, 60, false },
	[GROUP_SRTT] = { "srtt", "SRTT", "", SKW_FIELD_SRTT_US, { 7, 0, 8 }, 253, false },
	[GROUP_WORST] = { "worst", "WORST", "", NO_FIELD, { 7, 0, 8 }, 50, false },
	[GROUP_RETRANS] = { "retrans", "RETR", "", SKW_FIELD_RETRANS_SEGS, { 6, 0, 7 }, 70, false },
	[GROUP_RTO] = { "rtos", "RTO", "", SKW_FIELD_RTO_COUNT, { 5, 0, 6 }, 70, false },
	[GROUP_RECEIVED] = { "received",
			     "RECVD",
			     "",
			     SKW_FIELD_BYTES_RECEIVED,
			     { 6, 0, 7 },
			     40,
			     false },
	[GROUP_ACKED] = { "acked", "SENT", "", SKW_FIELD_BYTES_ACKED, { 6, 0, 7 }, 40, false },
	[GROUP_REQ_RATE] = { "reqs", "REQ/s", "", SKW_FIELD_REQ_RATE, { 5, 0, 6 }, 62, false },
	[GROUP_LATENCY] = { "p99", "P99", "", SKW_FIELD_LATENCY_P99_US, { 6, 0, 7 }, 62, false },
	[GROUP_ERRORS] = { "errors", "ERR", "", SKW_FIELD_ERRORS, { 5, 0, 6 }, 61, false },
	[GROUP_APP] = { "app", "APP", "", SKW_FIELD_APP, { 5, 0, 8 }, 45, true },
};

static bool is_of_messages(unsigned column)
{
	return column == GROUP_REQ_RATE || column == GROUP_LATENCY || column == GROUP_ERRORS;
}

static void group_text(const struct skw_group_row *g, enum group_column column, int width,
		       char *out, size_t size)
{
	const struct {
		int (*format)(char *, int, uint64_t);
		uint64_t value;
	} cells[GROUP_COLUMNS] = {
		[GROUP_OPEN] = { skw_format_number, g->open },
		[GROUP_CLOSED] = { skw_format_number, g->closed },
		[GROUP_RX] = { skw_format_number, g->rx_bps },
		[GROUP_TX] = { skw_format_number, g->tx_bps },
		[GROUP_SRTT] = { skw_format_us, g->srtt_us },
		[GROUP_WORST] = { skw_format_us, g->worst_srtt_us },
		[GROUP_RETRANS] = { skw_format_number, g->retrans_segs },
		[GROUP_RTO] = { skw_format_number, g->rto_count },
		[GROUP_RECEIVED] = { skw_format_number, g->bytes_received },
		[GROUP_ACKED] = { skw_format_number, g->bytes_acked },
		[GROUP_REQ_RATE] = { skw_format_number, g->req_rate },
		[GROUP_LATENCY] = { skw_format_us, g->latency_p99_us },
		[GROUP_ERRORS] = { skw_format_number, g->errors },
	};

	if (column == GROUP_APP)
		snprintf(out, size, "%s",
			 g->protocols > 1 ? "several"
			 : g->protocol    ? g->protocol
					  : "");
	else if (is_of_messages(column) && cells[column].value == SKW_NONE64)
		out[0] = '\0';
	else if (cells[column].format)
		cells[column].format(out, width, cells[column].value);
	else
		snprintf(out, size, "%s", g->name);
}

void skw_list_rows_draw_groups(struct skw_screen *s, int y, int rows)
{
	struct skw_column_info infos[GROUP_COLUMNS];
	uint8_t ids[GROUP_COLUMNS];
	size_t len = skw_view_groups_len(s->view), n;
	char text[CELL_SIZE];

	memcpy(infos, group_columns, sizeof(infos));
	/* Columns of messages are the last. */
	n = s->messages && s->settings.messages ? GROUP_COLUMNS : GROUP_REQ_RATE;
	for (unsigned i = 0; i < n; i++)
		ids[i] = (uint8_t)i;
	s->list_y = y + 1;
	s->list_rows = rows - 1;
	skw_cursor_show(&s->list, len, s->list_rows);
	for (size_t i = s->list.top; i < len && i - s->list.top < (size_t)s->list_rows; i++) {
		int width = skw_cells_width(skw_view_group(s->view, i)->name, s->paint.utf8);

		if (width > s->grown_group)
			s->grown_group =
				(uint8_t)(width < GROUP_NAME_MOST ? width : GROUP_NAME_MOST);
	}
	if (s->grown_group > infos[GROUP_NAME].widths.min)
		infos[GROUP_NAME].widths.good = s->grown_group;
	skw_layout_make(&s->layout, infos, ids, n, NULL, 1, s->paint.cols - 1);
	draw_titles(s, group_columns, y);
	for (size_t i = s->list.top; i < len && i - s->list.top < (size_t)s->list_rows; i++) {
		const struct skw_group_row *g = skw_view_group(s->view, i);
		bool selected = i == s->list.at;
		int at_y = s->list_y + (int)(i - s->list.top);
		enum skw_style style = s->search[0] && strcasestr(g->name, s->search)
					       ? SKW_STYLE_FOUND
					       : SKW_STYLE_PLAIN;

		if (selected)
			skw_paint_fill(&s->paint, at_y, 0, s->paint.cols, style, true);
		for (size_t c = 0; c < s->layout.len; c++) {
			const struct skw_placed *at = &s->layout.at[c];

			group_text(g, (enum group_column)at->column, at->width, text, sizeof(text));
			skw_titles_cell(&s->paint, at, group_columns, at_y, style, selected, text);
		}
	}
	if (len == 0)
		skw_paint_text(&s->paint, s->list_y, 1, s->paint.cols, SKW_STYLE_FAINT, false,
			       s->settings.filter[0] ? "No connection matches the filter (F4)."
						     : "No connections.");
}

enum skw_field skw_list_rows_sort_at(const struct skw_screen *s, int x)
{
	const struct skw_column_info *infos = s->settings.group ? group_columns : skw_columns;

	int at = skw_titles_at(&s->layout, x);

	return at < 0 ? SKW_FIELDS : (enum skw_field)infos[s->layout.at[at].column].field;
}

void skw_list_rows_sort_by(struct skw_screen *s, enum skw_field field)
{
	uint8_t kind = skw_fields[field].kind;

	s->settings.sort = field;
	s->settings.ascending = kind == SKW_KIND_TEXT || kind == SKW_KIND_ADDR;
	s->fresh = false;
}
