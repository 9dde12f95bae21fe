// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_json.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>

#include "row/address.h"
#include "row/event_field.h"
#include "row/row.h"
#include "util/cleanup.h"
#include "util/decimal.h"
#include "util/utf8.h"

void skw_format_json_null(struct skw_buf *out)
{
	skw_buf_add(out, "null", 4);
}

static inline bool is_plain_char(char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* Whether JSON needs no escapes, as for nearly all names. */
static bool is_plain(const char *text, size_t *len)
{
	const char *p = text;

	while (is_plain_char(*p))
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

/*
 * The longest cell that is written without asking for room: a key and a histogram, an address or a
 * short text.
 */
#define CELL_BYTES  256
#define SHORT_BYTES 100
_Static_assert(SKW_FIELD_KEY_SIZE + SKW_RTT_BUCKETS * sizeof(",4294967295") < CELL_BYTES &&
		       SKW_FIELD_KEY_SIZE + SHORT_BYTES + 64 < CELL_BYTES,
	       "a cell may be longer than the room for it");

/*
 * The functions below write at `p`, where there is room for CELL_BYTES, and return the end. It
 * becomes the end of the buffer only after the last field, or when a cell may be longer; NULL: out
 * of memory.
 */
static char *end_cells(struct skw_buf *out, char *p)
{
	out->len = (size_t)((uint8_t *)p - out->data);
	return p;
}

static char *room(struct skw_buf *out, char *p)
{
	if (out->size - (size_t)((uint8_t *)p - out->data) >= CELL_BYTES)
		return p;
	end_cells(out, p);
	return (char *)skw_buf_reserve(out, CELL_BYTES);
}

static char *put(char *p, const char *text, size_t len)
{
	memcpy(p, text, len);
	return p + len;
}

static char *put_number(struct skw_buf *out, char *p, const struct json_cell *cell)
{
	(void)out;
	return skw_decimal_put(p, cell->value.number);
}

static char *put_time(struct skw_buf *out, char *p, const struct json_cell *cell)
{
	(void)out;
	*p = '"';
	skw_format_rfc3339(p + 1, skw_format_real_ns(cell->env, cell->value.number));
	p[SKW_RFC3339_SIZE] = '"';
	return p + SKW_RFC3339_SIZE + 1;
}

static char *put_bool(struct skw_buf *out, char *p, const struct json_cell *cell)
{
	(void)out;
	return cell->value.number ? put(p, "true", 4) : put(p, "false", 5);
}

static char *put_text(struct skw_buf *out, char *p, const char *text)
{
	char *to = p;

	*to++ = '"';
	for (size_t n = 0; n < SHORT_BYTES && is_plain_char(*text); n++)
		*to++ = *text++;
	if (!*text) {
		*to++ = '"';
		return to;
	}
	/* It is long or needs escapes, so it is written again in the general way. */
	text -= to - (p + 1);
	end_cells(out, p);
	skw_format_json_string(out, text);
	return (char *)skw_buf_reserve(out, 0);
}

static char *put_value_text(struct skw_buf *out, char *p, const struct json_cell *cell)
{
	return put_text(out, p, cell->value.text);
}

static char *put_addr(struct skw_buf *out, char *p, const struct json_cell *cell)
{
	char text[SKW_ADDRESS_SIZE];

	if (cell->field == SKW_FIELD_LOCAL_ADDR)
		skw_address_of_local(text, cell->row);
	else
		skw_address_of_remote(text, cell->row);
	/* The name of an interface may need escapes. */
	return put_text(out, p, text);
}

static char *put_owners(struct skw_buf *out, char *p, const struct json_cell *cell)
{
	const struct skw_owners *owners = cell->row->owners;

	*p++ = '[';
	for (uint32_t i = 0; i < owners->len && p; i++) {
		p = room(out, p);
		if (!p)
			return NULL;
		if (i)
			*p++ = ',';
		p = put(p, "{\"pid\":", 7);
		p = skw_decimal_put(p, owners->list[i].pid);
		p = put(p, ",\"comm\":", 8);
		p = put_text(out, p, owners->list[i].comm);
		p = p ? room(out, p) : NULL;
		if (!p)
			return NULL;
		*p++ = '}';
	}
	*p++ = ']';
	return p;
}

static char *put_hist(struct skw_buf *out, char *p, const struct json_cell *cell)
{
	const uint32_t *hist = skw_row_hist(cell->row);

	(void)out;
	for (int i = 0; i < SKW_RTT_BUCKETS; i++) {
		*p++ = i ? ',' : '[';
		p = skw_decimal_put(p, hist[i]);
	}
	*p++ = ']';
	return p;
}

static char *(*const cells[])(struct skw_buf *out, char *p, const struct json_cell *cell) = {
	[SKW_KIND_NUMBER] = put_number,   [SKW_KIND_BYTES] = put_number,
	[SKW_KIND_BPS] = put_number,      [SKW_KIND_US] = put_number,
	[SKW_KIND_TIME] = put_time,       [SKW_KIND_BOOL] = put_bool,
	[SKW_KIND_TEXT] = put_value_text, [SKW_KIND_ADDR] = put_addr,
	[SKW_KIND_OWNERS] = put_owners,   [SKW_KIND_HIST] = put_hist,
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
	bool opened = out->len && out->data[out->len - 1] == '{';
	struct json_cell cell = { .row = row, .env = env };
	char *p = (char *)skw_buf_reserve(out, CELL_BYTES);

	for (unsigned i = first; i <= last && p; i++) {
		const struct skw_field_info *info = &skw_fields[i];

		p = room(out, p);
		if (!p)
			return;
		/* A copy of a fixed length is faster, and the bytes behind the key are overwritten.
		 */
		memcpy(p, info->key + opened, sizeof(info->key) - 1);
		p += info->key_len - opened;
		opened = false;
		if (info->size && info->kind <= SKW_KIND_US) {
			uint64_t number;

			p = skw_field_number(row, info, &number) ? skw_decimal_put(p, number)
								 : put(p, "null", 4);
			continue;
		}
		cell.field = (enum skw_field)i;
		skw_format_value(row, cell.field, env, &cell.value);
		p = cell.value.known ? cells[info->kind](out, p, &cell) : put(p, "null", 4);
	}
	if (p)
		end_cells(out, p);
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

static void add_signed(struct skw_buf *out, int64_t number)
{
	if (number < 0)
		skw_buf_add_char(out, '-');
	skw_buf_add_uint(out, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

static void add_extra(struct skw_buf *out, const struct skw_event *event,
		      const struct skw_event_field *field, const struct skw_format_env *env)
{
	bool is_seq = env->stamped && strcmp(field->name, "seq") == 0;
	struct skw_event_value value;

	skw_format_json_key(out, is_seq ? "tcp_seq" : field->name);
	skw_event_field_value(event, field, &value);
	if (!value.known)
		skw_format_json_null(out);
	else if (value.text)
		skw_format_json_string(out, value.text);
	else
		add_signed(out, value.number);
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
		add_extra(out, event, field, env);
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
