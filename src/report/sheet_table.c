// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "report/sheet_facts.h"
#include "report/sheet_text.h"
#include "util/cleanup.h"

#define SPARK_SPANS  40
#define SPARK_WIDTH  80
#define SPARK_HEIGHT 16

/* Bytes of both sides over the whole capture. */
static void add_spark(struct skw_buf *out, const struct skw_sheet *s,
		      const struct skw_sheet_connection *c)
{
	const struct skw_sheet_bins *all = skw_sheet_spans(s), *b = &c->traffic;
	double range = (double)all->width_ns * all->len, v[SPARK_SPANS] = { 0 }, max = 0;
	int y = 0;

	for (uint32_t i = 0; i < b->len; i++) {
		/* If times go back, the spans of either may begin first. */
		double at = (double)b->origin_ns - (double)all->origin_ns +
			    (double)b->width_ns * ((double)i + 0.5);
		double place = fmin(SPARK_SPANS - 1, fmax(0, at / range * SPARK_SPANS));

		v[(unsigned)place] += (double)skw_sheet_bins_of(b, i)[0];
	}
	for (unsigned i = 0; i < SPARK_SPANS; i++)
		max = fmax(max, v[i]);
	skw_buf_printf(out, "<svg class=k viewBox=\"0 0 %d %d\"><path d=\"M0 %d", SPARK_WIDTH,
		       SPARK_HEIGHT, SPARK_HEIGHT);
	for (unsigned i = 0, wide = 0; i <= SPARK_SPANS; i++) {
		/* Half of the height is a quarter of the traffic, so that little is seen, too. */
		int to = i < SPARK_SPANS && v[i] > 0
				 ? (int)ceil(sqrt(v[i] / max) * (SPARK_HEIGHT - 1))
				 : 0;

		if (i == SPARK_SPANS || to != y) {
			if (wide)
				skw_buf_printf(out, "h%u", wide);
			if (to != y)
				skw_buf_printf(out, "v%d", y - to);
			wide = 0;
		}
		y = to;
		wide += SPARK_WIDTH / SPARK_SPANS;
	}
	skw_buf_add_str(out, "\"/></svg>");
}

/* ---- columns ---- */

static uint64_t begin_of(const struct skw_sheet *s, const struct skw_sheet_connection *c)
{
	const struct skw_sheet_figures *f = skw_sheet_figures(s);

	if (c->first_ns == SKW_SHEET_UNKNOWN || f->first_ns == SKW_SHEET_UNKNOWN)
		return SKW_SHEET_UNKNOWN;
	return (c->first_ns - f->first_ns) / 1000;
}

static uint64_t duration_of(const struct skw_sheet *s, const struct skw_sheet_connection *c)
{
	(void)s;
	return c->first_ns == SKW_SHEET_UNKNOWN ? SKW_SHEET_UNKNOWN
						: (c->last_ns - c->first_ns) / 1000;
}

#define FIGURE(name, value)                                                                        \
	static uint64_t name(const struct skw_sheet *s, const struct skw_sheet_connection *c)      \
	{                                                                                          \
		(void)s;                                                                           \
		return (value);                                                                    \
	}

FIGURE(trouble_of, c->trouble)
FIGURE(bytes_out_of, c->bytes[0])
FIGURE(bytes_in_of, c->bytes[1])
FIGURE(again_of, c->tcp ? c->sent_again : SKW_SHEET_UNKNOWN)
FIGURE(rto_of, c->rto_count)
FIGURE(p50_of, c->rtt_p50_us)
FIGURE(p99_of, c->rtt_p99_us)
FIGURE(srtt_of, c->srtt_us)
FIGURE(messages_of, c->messages ? c->messages : SKW_SHEET_UNKNOWN)
FIGURE(slowest_of, c->messages ? c->slowest_ns / 1000 : SKW_SHEET_UNKNOWN)

/* A column is left out if all of it would be unknown. */
enum need { ALWAYS, TCP, KERNEL, MESSAGES };

/* Columns of figures. The first two columns are texts, and the script sorts them as such. */
static const struct table_column {
	const char *head, *hint;
	uint64_t (*value)(const struct skw_sheet *s, const struct skw_sheet_connection *c);
	void (*text)(struct skw_buf *out, uint64_t v);
	bool is_bad; /* where it is not 0 */
	enum need needs;
} columns[] = {
	{ "Trouble", "weighs what went wrong; the worst connection comes first", trouble_of,
	  skw_sheet_text_count, false, ALWAYS },
	{ "Begin", "since the first packet", begin_of, skw_sheet_text_us, false, ALWAYS },
	{ "Duration", "", duration_of, skw_sheet_text_us, false, ALWAYS },
	{ "Client sent", "bytes on the wire", bytes_out_of, skw_sheet_text_bytes, false, ALWAYS },
	{ "Server sent", "bytes on the wire", bytes_in_of, skw_sheet_text_bytes, false, ALWAYS },
	{ "Again", "segments that were sent again", again_of, skw_sheet_text_count, true, TCP },
	{ "RTO", "timeouts that the kernel told", rto_of, skw_sheet_text_count, true, KERNEL },
	{ "RTT", "median of round trips on the wire", p50_of, skw_sheet_text_us, false, TCP },
	{ "p99", "of round trips on the wire", p99_of, skw_sheet_text_us, false, TCP },
	{ "Kernel", "round trip as the kernel smooths it", srtt_of, skw_sheet_text_us, false,
	  KERNEL },
	{ "Requests", "", messages_of, skw_sheet_text_count, false, MESSAGES },
	{ "Slowest", "the slowest request", slowest_of, skw_sheet_text_us, false, MESSAGES },
};

static bool has(const struct skw_sheet *s, const struct table_column *column)
{
	const struct skw_sheet_figures *f = skw_sheet_figures(s);

	switch (column->needs) {
	case TCP:
		return f->tcp > 0;
	case KERNEL:
		return f->rows > 0 || f->events > 0;
	case MESSAGES:
		return f->messages > 0;
	default:
		return true;
	}
}

static void add_head(struct skw_buf *out, const struct skw_sheet *s)
{
	skw_buf_add_str(out, "<thead><tr><th>Connection<th>End<th class=nosort>Traffic");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(columns); i++) {
		if (has(s, &columns[i]))
			skw_buf_printf(out, "<th class=n title=\"%s\">%s", columns[i].hint,
				       columns[i].head);
	}
	skw_buf_add_str(out, "</thead>");
}

static void add_owner(struct skw_buf *out, const struct skw_sheet_connection *c, unsigned side)
{
	struct skw_buf raw = SKW_BUF_INIT;

	skw_sheet_facts_owner(&raw, c, side);
	skw_buf_add_char(&raw, '\0');
	if (raw.len > 1 && !raw.failed) {
		skw_buf_add_str(out, " <i>");
		skw_sheet_text_html(out, (const char *)raw.data);
		skw_buf_add_str(out, "</i>");
	}
	skw_buf_free(&raw);
}

static void add_cell(struct skw_buf *out, const struct table_column *column, uint64_t v)
{
	bool bad = column->is_bad && v && v != SKW_SHEET_UNKNOWN;

	skw_buf_add_str(out, bad ? "<td class=x>" : "<td>");
	/* A dash in many cells hides those with a figure. */
	if (v != SKW_SHEET_UNKNOWN)
		column->text(out, v);
}

static void add_row(struct skw_buf *out, const struct skw_sheet *s,
		    const struct skw_sheet_connection *c, size_t i)
{
	bool bad;
	const char *ended = skw_sheet_facts_end(c, &bad);

	skw_buf_printf(out, "<tr id=c%zu><td>", i);
	skw_sheet_text_end(out, &c->tuple, 0);
	add_owner(out, c, 0);
	skw_buf_add_str(out, " <b>\xe2\x86\x92</b> ");
	skw_sheet_text_end(out, &c->tuple, 1);
	add_owner(out, c, 1);
	skw_buf_printf(out, bad ? "<td class=x>%s<td>" : "<td>%s<td>", ended);
	add_spark(out, s, c);
	for (size_t k = 0; k < SKW_ARRAY_SIZE(columns); k++)
		if (has(s, &columns[k]))
			add_cell(out, &columns[k], columns[k].value(s, c));
	skw_buf_add_char(out, '\n');
}

void skw_sheet_table_html(struct skw_buf *out, const struct skw_sheet *s)
{
	size_t len;
	const struct skw_sheet_connection *const *rows = skw_sheet_rows(s, &len);

	skw_buf_add_str(out, "<div class=scroll><table id=table>");
	add_head(out, s);
	skw_buf_add_str(out, "<tbody>");
	for (size_t i = 0; i < len; i++)
		add_row(out, s, rows[i], i);
	skw_buf_add_str(out, "</table></div>");
}

static void add_values(struct skw_buf *out, const struct skw_sheet *s,
		       const struct table_column *column)
{
	size_t len;
	const struct skw_sheet_connection *const *rows = skw_sheet_rows(s, &len);

	for (size_t i = 0; i < len; i++) {
		uint64_t v = column->value(s, rows[i]);

		if (v == SKW_SHEET_UNKNOWN)
			skw_buf_add_str(out, i ? ",-1" : "-1");
		else
			skw_buf_printf(out, "%s%" PRIu64, i ? "," : "", v);
	}
}

void skw_sheet_table_json(struct skw_buf *out, const struct skw_sheet *s)
{
	skw_buf_add_str(out, "\"columns\":[");
	for (size_t k = 0; k < SKW_ARRAY_SIZE(columns); k++) {
		if (!has(s, &columns[k]))
			continue;
		skw_buf_add_str(out, k ? ",[" : "[");
		add_values(out, s, &columns[k]);
		skw_buf_add_char(out, ']');
	}
	skw_buf_add_char(out, ']');
}
