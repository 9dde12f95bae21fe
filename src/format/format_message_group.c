// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_message_group.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format/format_csv.h"
#include "format/format_json.h"
#include "util/cleanup.h"

enum group_form { TEXT, COUNT, MILLI, NS, FLAG };

#define AT(field) offsetof(struct skw_message_group, field)

static const struct group_field {
	struct skw_field_info info; /* the name is that of JSON and CSV, too */
	const char *title;          /* of the column; NULL: there is none of a fixed width */
	uint8_t form;               /* enum group_form */
	uint8_t at;
} fields[SKW_MESSAGE_GROUP_FIELDS] = {
#define FIELD(name_, alias, help_, kind_, title, form, at)                                         \
	{                                                                                          \
		{ .name = (name_), .aliases = (alias), .help = (help_), .kind = (kind_) }, title,  \
			form, at                                                                   \
	}
#define COUNTED(name, alias, help, title, at)                                                      \
	FIELD(name, alias, help, SKW_KIND_NUMBER, title, COUNT, at)
#define WORDS(name, alias, help, at)        FIELD(name, alias, help, SKW_KIND_TEXT, NULL, TEXT, at)
#define TIMED(name, alias, help, title, at) FIELD(name, alias, help, SKW_KIND_US, title, NS, at)
	[SKW_MESSAGE_GROUP_CLIENT] =
		WORDS("client_comm", "client", "process that asks", AT(client_comm)),
	[SKW_MESSAGE_GROUP_SERVER] =
		WORDS("server_comm", "server", "process that answers", AT(server_comm)),
	[SKW_MESSAGE_GROUP_PROTOCOL] =
		WORDS("protocol", "proto", "http, dns and so on", AT(protocol)),
	[SKW_MESSAGE_GROUP_KIND] = WORDS("kind", NULL, "what is asked for", AT(kind)),
	[SKW_MESSAGE_GROUP_OTHER] = FIELD("other", NULL, "kinds without a line of their own",
					  SKW_KIND_BOOL, NULL, FLAG, AT(other)),
	[SKW_MESSAGE_GROUP_COUNT] = COUNTED("count", NULL, "messages", "COUNT", AT(count)),
	[SKW_MESSAGE_GROUP_RATE] = FIELD("rate", NULL, "messages per second", SKW_KIND_NUMBER,
					 "RATE/S", MILLI, AT(rate_milli)),
	[SKW_MESSAGE_GROUP_ERRORS] =
		COUNTED("errors", NULL, "answers that tell of a failure", "ERRORS", AT(errors)),
	[SKW_MESSAGE_GROUP_UNANSWERED] =
		COUNTED("unanswered", NULL, "requests without an answer", "NOANSW", AT(unanswered)),
	[SKW_MESSAGE_GROUP_TIME] =
		TIMED("time_us", "time", "sum of latencies", "TIME", AT(total_ns)),
	[SKW_MESSAGE_GROUP_P50] =
		TIMED("p50_us", "p50", "latency that half of them stay within", "P50", AT(p50_ns)),
	[SKW_MESSAGE_GROUP_P90] =
		TIMED("p90_us", "p90", "latency that 90 % stay within", "P90", AT(p90_ns)),
	[SKW_MESSAGE_GROUP_P99] =
		TIMED("p99_us", "p99", "latency that 99 % stay within", "P99", AT(p99_ns)),
	[SKW_MESSAGE_GROUP_MAX] = TIMED("max_us", "max", "highest latency", "MAX", AT(max_ns)),
	[SKW_MESSAGE_GROUP_REQUEST_BYTES] = FIELD("request_bytes", "request", "size of requests",
						  SKW_KIND_BYTES, "REQ", COUNT, AT(request_bytes)),
	[SKW_MESSAGE_GROUP_ANSWER_BYTES] = FIELD("answer_bytes", "answer", "size of answers",
						 SKW_KIND_BYTES, "ANSW", COUNT, AT(answer_bytes)),
#undef FIELD
#undef COUNTED
#undef WORDS
#undef TIMED
};
#undef AT

#define CELL 6

static const void *place_of(const struct skw_message_group *g, const struct group_field *f)
{
	return (const char *)g + f->at;
}

static const char *text_of(const struct skw_message_group *g, const struct group_field *f)
{
	return *(const char *const *)place_of(g, f);
}

/* UINT64_MAX: unknown. */
static uint64_t number_of(const struct skw_message_group *g, const struct group_field *f)
{
	return f->form == FLAG ? *(const bool *)place_of(g, f) : *(const uint64_t *)place_of(g, f);
}

/* ---- JSON and CSV ---- */

/* A value that is no text, and that is known. */
static void add_number(struct skw_buf *out, const struct group_field *f, uint64_t v)
{
	if (f->form == FLAG)
		skw_buf_add_str(out, v ? "true" : "false");
	else if (f->form == MILLI)
		skw_buf_printf(out, "%" PRIu64 ".%03" PRIu64, v / 1000, v % 1000);
	else
		skw_buf_add_uint(out, f->form == NS ? v / 1000 : v);
}

void skw_format_message_group_json(struct skw_buf *out, const struct skw_message_group *g)
{
	skw_buf_add_char(out, '{');
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fields); i++) {
		const struct group_field *f = &fields[i];

		skw_format_json_key(out, f->info.name);
		if (f->form == TEXT ? !text_of(g, f)[0] : number_of(g, f) == UINT64_MAX)
			skw_format_json_null(out);
		else if (f->form == TEXT)
			skw_format_json_string(out, text_of(g, f));
		else
			add_number(out, f, number_of(g, f));
	}
	skw_buf_add_str(out, "}\n");
}

void skw_format_message_group_csv_head(struct skw_buf *out)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fields); i++)
		skw_buf_printf(out, "%s%s", i ? "," : "", fields[i].info.name);
	skw_buf_add_char(out, '\n');
}

void skw_format_message_group_csv(struct skw_buf *out, const struct skw_message_group *g)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fields); i++) {
		const struct group_field *f = &fields[i];

		if (i)
			skw_buf_add_char(out, ',');
		if (f->form == TEXT)
			skw_format_csv_text(out, text_of(g, f));
		else if (number_of(g, f) != UINT64_MAX)
			add_number(out, f, number_of(g, f));
	}
	skw_buf_add_char(out, '\n');
}

/* ---- text ---- */

static const char *visible(const char *text)
{
	return text[0] ? text : "-";
}

static void widen(int *width, const char *text)
{
	int len = (int)strlen(text);

	*width = *width < len ? len : *width;
}

void skw_format_message_group_measure(struct skw_format_message_group_widths *w,
				      const struct skw_message_group *g)
{
	widen(&w->client, visible(g->client_comm));
	widen(&w->server, visible(g->server_comm));
	widen(&w->protocol, visible(g->protocol));
}

static void add_front(struct skw_buf *out, const char *client, const char *server,
		      const char *protocol, const struct skw_format_message_group_widths *w)
{
	struct skw_format_message_group_widths wide = *w;

	widen(&wide.client, "CLIENT");
	widen(&wide.server, "SERVER");
	widen(&wide.protocol, "PROTO");
	skw_buf_printf(out, "%-*s %-*s %-*s ", wide.client, client, wide.server, server,
		       wide.protocol, protocol);
}

void skw_format_message_group_text_head(struct skw_buf *out,
					const struct skw_format_message_group_widths *w)
{
	add_front(out, "CLIENT", "SERVER", "PROTO", w);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fields); i++)
		if (fields[i].title)
			skw_buf_printf(out, "%*s ", CELL, fields[i].title);
	skw_buf_add_str(out, "KIND\n");
}

static void write_cell(char *cell, int width, const struct group_field *f, uint64_t v)
{
	if (f->form == NS)
		skw_format_us(cell, width, v == UINT64_MAX ? SKW_NONE64 : v / 1000);
	else if (f->form == MILLI && v < 100000)
		snprintf(cell, (size_t)width + 1, "%u.%u", (unsigned)(v / 1000),
			 (unsigned)(v / 100 % 10));
	else
		skw_format_number(cell, width, f->form == MILLI && v != UINT64_MAX ? v / 1000 : v);
}

void skw_format_message_group_cell(char *out, size_t size, int width,
				   const struct skw_message_group *g,
				   enum skw_format_message_group_id field)
{
	const struct group_field *f = &fields[field];

	if (f->form == TEXT)
		snprintf(out, size, "%s", visible(text_of(g, f)));
	else
		write_cell(out, width < (int)size ? width : (int)size - 1, f, number_of(g, f));
}

void skw_format_message_group_text(struct skw_buf *out, const struct skw_message_group *g,
				   const struct skw_format_message_group_widths *w)
{
	char cell[CELL + 1];

	add_front(out, visible(g->client_comm), visible(g->server_comm), visible(g->protocol), w);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fields); i++) {
		if (!fields[i].title)
			continue;
		write_cell(cell, CELL, &fields[i], number_of(g, &fields[i]));
		skw_buf_printf(out, "%*s ", CELL, cell);
	}
	skw_buf_printf(out, "%s\n", visible(g->kind));
}

/* ---- order ---- */

void skw_format_message_group_keys(struct skw_buf *out)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fields); i++)
		if (fields[i].form != FLAG)
			skw_buf_printf(out, "%s%s", i ? ", " : "",
				       fields[i].info.aliases ? fields[i].info.aliases
							      : fields[i].info.name);
}

int skw_format_message_group_order(const char *word, struct skw_format_message_group_order *out,
				   struct skw_error *err)
{
	const char *name = word ? word : "time";

	out->ascending = name[0] == '-';
	name += out->ascending;
	for (out->field = 0; out->field < SKW_ARRAY_SIZE(fields); out->field++) {
		const struct group_field *f = &fields[out->field];

		if (f->form != FLAG && (!strcmp(name, f->info.name) ||
					(f->info.aliases && !strcmp(name, f->info.aliases))))
			return 0;
	}
	return skw_error_usage(err,
			       "--sort %s: not a field to sort by; skwatch messages --help lists "
			       "the fields",
			       word);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* An unknown number comes last in either order. */
static int compare_by(const struct skw_message_group *a, const struct skw_message_group *b,
		      const struct skw_format_message_group_order *order)
{
	const struct group_field *f = &fields[order->field];
	int ret;

	if (f->form == TEXT) {
		/* Names are read from A on, numbers from the largest. */
		ret = strcmp(text_of(a, f), text_of(b, f));
		return order->ascending ? -ret : ret;
	}
	ret = (number_of(a, f) == UINT64_MAX) - (number_of(b, f) == UINT64_MAX);
	if (!ret)
		ret = compare_numbers(number_of(b, f), number_of(a, f)) *
		      (order->ascending ? -1 : 1);
	return ret;
}

static int compare(const void *left, const void *right, void *order)
{
	const struct skw_message_group *a = left, *b = right;
	int ret = (int)a->other - (int)b->other;

	if (!ret)
		ret = compare_by(a, b, order);
	if (!ret)
		ret = compare_numbers(b->count, a->count);
	if (!ret)
		ret = strcmp(a->protocol, b->protocol);
	if (!ret)
		ret = strcmp(a->kind, b->kind);
	if (!ret)
		ret = strcmp(a->client_comm, b->client_comm);
	return ret ? ret : strcmp(a->server_comm, b->server_comm);
}

void skw_format_message_group_sort(struct skw_message_group *list, size_t len,
				   const struct skw_format_message_group_order *order)
{
	struct skw_format_message_group_order by = *order;

	if (len)
		qsort_r(list, len, sizeof(*list), compare, &by);
}

/* ---- expressions ---- */

static const struct skw_field_info *info(uint8_t field)
{
	return &fields[field].info;
}

static uint8_t role(uint8_t field)
{
	(void)field;
	return SKW_EXPR_PLAIN;
}

static uint8_t whole(uint8_t field)
{
	return field == SKW_MESSAGE_GROUP_ERRORS || field == SKW_MESSAGE_GROUP_UNANSWERED
		       ? SKW_MESSAGE_GROUP_COUNT
		       : SKW_EXPR_NO_FIELD;
}

static void value(const void *record, uint8_t field, struct skw_value *out)
{
	const struct group_field *f = &fields[field];
	uint64_t v;

	*out = (struct skw_value){ 0 };
	if (f->form == TEXT) {
		out->text = text_of(record, f);
		out->known = out->text[0] != '\0';
		return;
	}
	v = number_of(record, f);
	out->known = v != UINT64_MAX;
	out->number = f->form == NS || f->form == MILLI ? v / 1000 : v;
}

static const struct skw_expr_either eithers[] = {
	{ "comm", SKW_MESSAGE_GROUP_CLIENT, SKW_MESSAGE_GROUP_SERVER, "process on either side" },
	{ NULL, 0, 0, NULL },
};

static const struct skw_expr_subject subject = {
	.fields = SKW_MESSAGE_GROUP_FIELDS,
	.info = info,
	.role = role,
	.whole = whole,
	.eithers = eithers,
	.field = "p99",
	.example = "p99 > 100ms",
	.shares = "errors and unanswered, as in errors > 1%",
	.time = "p99, as in p99 > 100ms",
	.value = value,
};

int skw_format_message_group_where(const char *text, const struct skw_expr_names *names,
				   struct skw_expr **out, struct skw_error *err)
{
	return skw_expr_parse_about(&subject, text, names, out, err);
}

void skw_format_message_group_help(struct skw_buf *out)
{
	skw_expr_help_about(&subject, out);
}
