// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_json.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

#include "row/address.h"
#include "row/event_field.h"
#include "util/cleanup.h"
#include "util/utf8.h"

void skw_format_json_null(struct skw_buf *out)
{
	skw_buf_add(out, "null", 4);
}

/* Whether JSON needs no escapes, as for nearly all names. */
static bool is_plain(const char *text, size_t *len)
{
	const char *p = text;

	while (*p >= ' ' && *p < 0x7f && *p != '"' && *p != '\\')
		p++;
	*len = (size_t)(p - text);
	return !*p;
}

static void add_escaped(struct skw_buf *out, const char *text)
{
	struct skw_buf clean = SKW_BUF_INIT;

	while (*text)
		text = skw_utf8_add(&clean, text);
	json_t *string = clean.failed ? NULL : json_stringn((const char *)clean.data, clean.len);
	/*
	 * With ASCII only, no byte of a name that a stranger chose can control a terminal. The
	 * longest form of a byte is a \u escape.
	 */
	const size_t flags = JSON_ENCODE_ANY | JSON_ENSURE_ASCII;
	size_t most = 6 * clean.len + 2;
	char *to = (char *)skw_buf_reserve(out, most);
	size_t len = string && to ? json_dumpb(string, to, most, flags) : 0;
	if (len && len <= most)
		out->len += len;
	else
		out->failed = true;
	json_decref(string);
	skw_buf_free(&clean);
}

void skw_format_json_string(struct skw_buf *out, const char *text)
{
	size_t len;

	if (!is_plain(text, &len)) {
		add_escaped(out, text);
		return;
	}
	skw_buf_add_char(out, '"');
	skw_buf_add(out, text, len);
	skw_buf_add_char(out, '"');
}

void skw_format_json_time(struct skw_buf *out, uint64_t ns, const struct skw_format_env *env)
{
	char text[SKW_RFC3339_SIZE];

	skw_format_rfc3339(text, skw_format_real_ns(env, ns));
	skw_buf_add_char(out, '"');
	skw_buf_add(out, text, sizeof(text) - 1);
	skw_buf_add_char(out, '"');
}

/* A cell with a known value. */
struct json_cell {
	const struct skw_row *row;
	enum skw_field field;
	struct skw_value value;
	const struct skw_format_env *env;
};

static void number_cell(struct skw_buf *out, const struct json_cell *cell)
{
	skw_buf_add_uint(out, cell->value.number);
}

static void time_cell(struct skw_buf *out, const struct json_cell *cell)
{
	skw_format_json_time(out, cell->value.number, cell->env);
}

static void bool_cell(struct skw_buf *out, const struct json_cell *cell)
{
	skw_buf_add_str(out, cell->value.number ? "true" : "false");
}

static void text_cell(struct skw_buf *out, const struct json_cell *cell)
{
	skw_format_json_string(out, cell->value.text);
}

static void addr_cell(struct skw_buf *out, const struct json_cell *cell)
{
	char text[SKW_ADDRESS_SIZE];

	if (cell->field == SKW_FIELD_LOCAL_ADDR)
		skw_address_of_local(text, cell->row);
	else
		skw_address_of_remote(text, cell->row);
	skw_format_json_string(out, text);
}

static void owners_cell(struct skw_buf *out, const struct json_cell *cell)
{
	const struct skw_owners *owners = cell->row->owners;

	skw_buf_add_char(out, '[');
	for (uint32_t i = 0; i < owners->len; i++) {
		skw_buf_add_str(out, i ? ",{\"pid\":" : "{\"pid\":");
		skw_buf_add_uint(out, owners->list[i].pid);
		skw_buf_add_str(out, ",\"comm\":");
		skw_format_json_string(out, owners->list[i].comm);
		skw_buf_add_char(out, '}');
	}
	skw_buf_add_char(out, ']');
}

static void hist_cell(struct skw_buf *out, const struct json_cell *cell)
{
	for (int i = 0; i < SKW_RTT_BUCKETS; i++) {
		skw_buf_add_char(out, i ? ',' : '[');
		skw_buf_add_uint(out, cell->row->rtt_hist[i]);
	}
	skw_buf_add_char(out, ']');
}

static void (*const cells[])(struct skw_buf *out, const struct json_cell *cell) = {
	[SKW_KIND_NUMBER] = number_cell, [SKW_KIND_BYTES] = number_cell,
	[SKW_KIND_BPS] = number_cell,    [SKW_KIND_US] = number_cell,
	[SKW_KIND_TIME] = time_cell,     [SKW_KIND_BOOL] = bool_cell,
	[SKW_KIND_TEXT] = text_cell,     [SKW_KIND_ADDR] = addr_cell,
	[SKW_KIND_OWNERS] = owners_cell, [SKW_KIND_HIST] = hist_cell,
};

/* The comma is left out after the brace that opens the object. */
void skw_format_json_key(struct skw_buf *out, const char *name)
{
	uint8_t last = out->len ? out->data[out->len - 1] : '{';

	if (last != '{')
		skw_buf_add_char(out, ',');
	skw_buf_add_char(out, '"');
	skw_buf_add_str(out, name);
	skw_buf_add(out, "\":", 2);
}

void skw_format_json_fields(struct skw_buf *out, const struct skw_row *row, enum skw_field first,
			    enum skw_field last, const struct skw_format_env *env)
{
	for (unsigned i = first; i <= last; i++) {
		struct json_cell cell = { .row = row, .field = (enum skw_field)i, .env = env };

		skw_format_json_key(out, skw_fields[i].name);
		skw_format_value(row, cell.field, env, &cell.value);
		if (cell.value.known)
			cells[skw_fields[i].kind](out, &cell);
		else
			skw_format_json_null(out);
	}
}

int skw_format_json_end(struct skw_buf *out)
{
	skw_buf_add(out, "}\n", 2);
	return out->failed ? -ENOMEM : 0;
}

static void add_host(struct skw_buf *out, const struct skw_format_env *env)
{
	skw_format_json_key(out, "host");
	if (env->host)
		skw_format_json_string(out, env->host);
	else
		skw_format_json_null(out);
}

void skw_format_json_update(struct skw_buf *out, const struct skw_format_env *env)
{
	skw_format_json_key(out, "update");
	if (env->update)
		skw_buf_add_uint(out, env->update);
	else
		skw_format_json_null(out);
	add_host(out, env);
}

int skw_format_row_json(struct skw_buf *out, const struct skw_row *row,
			const struct skw_format_env *env)
{
	skw_buf_add_char(out, '{');
	skw_format_json_fields(out, row, 0, SKW_FIELDS - 1, env);
	skw_format_json_update(out, env);
	return skw_format_json_end(out);
}

static void add_extra(struct skw_buf *out, const struct skw_event *event,
		      const struct skw_event_field *field)
{
	struct skw_event_value value;

	skw_format_json_key(out, field->name);
	skw_event_field_value(event, field, &value);
	if (!value.known)
		skw_format_json_null(out);
	else if (value.text)
		skw_format_json_string(out, value.text);
	else
		skw_buf_printf(out, "%" PRId64, value.number);
}

void skw_format_json_head(struct skw_buf *out, uint64_t ts_ns, const char *type,
			  const struct skw_format_env *env)
{
	skw_buf_add(out, "{\"ts\":", 6);
	skw_format_json_time(out, ts_ns, env);
	skw_format_json_key(out, "type");
	skw_format_json_string(out, type);
	add_host(out, env);
}

int skw_format_event_json(struct skw_buf *out, const struct skw_event *event,
			  const struct skw_format_env *env)
{
	skw_format_json_head(out, event->ts_ns, skw_row_event_name(event->type), env);
	const struct skw_event_field *field = skw_event_field_list(event->type);
	/* These are about the figures. */
	bool all = event->type == SKW_EVENT_CLOSE || event->type == SKW_EVENT_ENTER ||
		   event->type == SKW_EVENT_LEAVE;

	for (; field->name; field++)
		add_extra(out, event, field);
	/* The time field of the row is left out, because the event has its own time. */
	skw_format_json_fields(out, event->row, SKW_FIELD_COOKIE,
			       all ? SKW_FIELDS - 1 : SKW_FIELD_CGROUP_ID, env);
	if (!all)
		skw_format_json_fields(out, event->row, SKW_FIELD_REMOTE_HOST,
				       SKW_FIELD_REMOTE_COMM, env);
	if (!all && env->names)
		skw_format_json_fields(out, event->row, SKW_FIELD_REMOTE_NAME,
				       SKW_FIELD_REMOTE_NAME_SOURCE, env);
	return skw_format_json_end(out);
}
