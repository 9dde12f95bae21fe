// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_packed.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "report/sheet_facts.h"
#include "report/sheet_text.h"
#include "row/field.h"

#define NS_PER_US 1000

/* A series keeps this number of points in any case. */
#define LEAST 4
/* Of time, in the length of a connection. */
#define UNITS 20000

static int64_t us_since(const struct skw_sheet_connection *c, uint64_t ns)
{
	return (int64_t)(ns - c->first_ns) / NS_PER_US;
}

/* The unit of time of a series, in microseconds: nobody sees finer parts of a long connection. */
static int64_t unit_of(const struct skw_sheet_connection *c)
{
	int64_t unit = us_since(c, c->last_ns) / UNITS;

	return unit > 0 ? unit : 1;
}

static int add_series(struct skw_buf *out, const struct skw_sheet_connection *c,
		      const struct skw_sheet_series *s, uint32_t max)
{
	struct skw_sheet_series thin;
	int64_t before = 0, lo = 0, unit = unit_of(c);
	int ret = skw_sheet_series_copy(s, max, &thin);

	if (ret)
		return ret;
	skw_buf_add_char(out, '[');
	for (uint32_t i = 0; i < thin.len; i++) {
		const struct skw_sheet_point *p = &thin.points[i];
		int64_t at = us_since(c, p->from_ns) / unit;

		skw_buf_printf(out, "%s%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRIu64, i ? "," : "",
			       at - before, us_since(c, p->to_ns) / unit - at, (int64_t)p->lo - lo,
			       p->hi - p->lo);
		before = at;
		lo = (int64_t)p->lo;
	}
	skw_buf_add_char(out, ']');
	skw_sheet_series_free(&thin);
	return 0;
}

/* Points of each series, so that what is rare keeps all of them. */
struct points_share {
	uint32_t most;
	double rest;
};

static uint32_t points_of(const struct points_share *share, const struct skw_sheet_series *s)
{
	uint32_t n = (uint32_t)(s->len * share->rest);

	if (n < share->most)
		n = share->most;
	return n < LEAST ? LEAST : n;
}

/* A series that has few points keeps them; the others share the rest. */
static struct points_share share_of(const struct skw_sheet_detail *d, uint32_t points)
{
	struct points_share out = { points / 12, 0 };
	uint64_t few = 0, many = 0;

	for (unsigned i = 0; i < 2 * SKW_SHEET_SIDE_SERIES; i++)
		*(d->sides[i % 2][i / 2].len <= out.most ? &few : &many) +=
			d->sides[i % 2][i / 2].len;
	if (many)
		out.rest = points > few ? (double)(points - few) / (double)many : 0;
	return out;
}

static int add_all_series(struct skw_buf *out, const struct skw_sheet_connection *c,
			  uint32_t points)
{
	const struct skw_sheet_detail *d = c->detail;
	const struct points_share share = share_of(d, points);
	int ret = 0;

	skw_buf_printf(out, ",\"unit\":%" PRId64 ",\"series\":[", unit_of(c));
	for (unsigned side = 0; side < 2; side++) {
		for (unsigned i = 0; !ret && i < SKW_SHEET_SIDE_SERIES; i++) {
			skw_buf_add_str(out, i ? "," : side ? ",[" : "[");
			ret = add_series(out, c, &d->sides[side][i],
					 points_of(&share, &d->sides[side][i]));
		}
		skw_buf_add_char(out, ']');
	}
	skw_buf_add_char(out, ']');
	return ret;
}

static void add_string(struct skw_buf *out, struct skw_buf *raw)
{
	skw_buf_add_char(raw, '\0');
	if (raw->failed)
		out->failed = true;
	else
		skw_sheet_text_json(out, (const char *)raw->data);
	skw_buf_reset(raw);
}

static void add_events(struct skw_buf *out, const struct skw_sheet_connection *c,
		       struct skw_buf *raw)
{
	const struct skw_sheet_detail *d = c->detail;

	skw_buf_add_str(out, ",\"events\":[");
	for (uint32_t i = 0; i < d->events_len; i++) {
		const struct skw_sheet_event *e = &d->events[i];
		uint8_t states[2];

		skw_buf_printf(out, "%s[%" PRId64 ",\"%s\",", i ? "," : "", us_since(c, e->ts_ns),
			       skw_sheet_facts_event_kind(e));
		skw_sheet_facts_event(raw, e);
		add_string(out, raw);
		if (skw_sheet_facts_states(e, states))
			skw_buf_printf(out, ",%u,\"%s\",\"%s\"", e->side,
				       skw_row_state_name(states[0]),
				       skw_row_state_name(states[1]));
		skw_buf_add_char(out, ']');
	}
	skw_buf_printf(out, "],\"eventsLeft\":%u", d->events_left);
}

static void add_messages(struct skw_buf *out, const struct skw_sheet_connection *c)
{
	const struct skw_sheet_detail *d = c->detail;

	skw_buf_add_str(out, ",\"messages\":[");
	for (uint32_t i = 0; i < d->messages_len; i++) {
		const struct skw_sheet_message *m = &d->messages[i];

		skw_buf_printf(out, "%s[%" PRId64, i ? "," : "", us_since(c, m->ts_ns));
		if (m->latency_ns == SKW_MESSAGE_UNKNOWN)
			skw_buf_add_str(out, ",-1,");
		else
			skw_buf_printf(out, ",%" PRIu64 ",", m->latency_ns / NS_PER_US);
		skw_sheet_text_json(out, m->protocol);
		skw_buf_add_char(out, ',');
		skw_sheet_text_json(out, m->kind);
		skw_buf_add_char(out, ',');
		skw_sheet_text_json(out, m->status);
		skw_buf_printf(out, ",%" PRIu64 ",%" PRIu64 ",%d]", m->request_bytes,
			       m->answer_bytes, m->error || m->outcome == SKW_MESSAGE_UNANSWERED);
	}
	skw_buf_printf(out, "],\"messagesLeft\":%" PRIu64, c->messages - d->messages_len);
}

static void add_facts(struct skw_buf *out, const struct skw_sheet_connection *c,
		      struct skw_buf *raw)
{
	skw_sheet_facts_all(raw, c);
	skw_buf_add_str(out, "\"facts\":[");
	out->failed |= raw->failed;
	for (const char *p = (const char *)raw->data, *end = p + raw->len; !raw->failed && p < end;
	     p += strlen(p) + 1) {
		if (p != (const char *)raw->data)
			skw_buf_add_char(out, ',');
		skw_sheet_text_json(out, p);
	}
	skw_buf_add_char(out, ']');
	skw_buf_reset(raw);
}

static int add_connection(struct skw_buf *out, const struct skw_sheet_connection *c,
			  uint32_t points, struct skw_buf *raw)
{
	bool drawn = c->detail && c->first_ns != SKW_SHEET_UNKNOWN;
	int ret = 0;

	skw_buf_add_char(out, '{');
	add_facts(out, c, raw);
	skw_buf_printf(out, ",\"side\":%u,\"length\":%" PRId64, skw_sheet_facts_side(c),
		       drawn ? us_since(c, c->last_ns) : 0);
	if (drawn) {
		add_events(out, c, raw);
		add_messages(out, c);
		ret = add_all_series(out, c, points);
	}
	skw_buf_add_char(out, '}');
	return ret;
}

int skw_sheet_packed_json(struct skw_buf *out, const struct skw_sheet_connection *const *list,
			  size_t n, uint32_t points)
{
	struct skw_buf raw = SKW_BUF_INIT;
	int ret = 0;

	skw_buf_add_char(out, '[');
	for (size_t i = 0; !ret && i < n; i++) {
		if (i)
			skw_buf_add_char(out, ',');
		ret = add_connection(out, list[i], points, &raw);
	}
	skw_buf_add_char(out, ']');
	skw_buf_free(&raw);
	return out->failed ? -ENOMEM : ret;
}

int skw_sheet_packed_element(struct skw_buf *out, const char *attributes,
			     const struct skw_buf *json, skw_sheet_packed_deflate *deflate)
{
	struct skw_buf small = SKW_BUF_INIT;
	int ret = deflate ? deflate(json->data, json->len, &small) : 0;

	skw_buf_printf(out, "<script type=\"text/plain\" %s>", attributes);
	if (!ret && deflate)
		skw_sheet_text_base64(out, small.data, small.len);
	else if (!ret)
		skw_sheet_text_base64(out, json->data, json->len);
	skw_buf_add_str(out, "</script>\n");
	skw_buf_free(&small);
	return ret ? ret : out->failed ? -ENOMEM : 0;
}
