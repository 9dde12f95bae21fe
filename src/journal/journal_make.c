// SPDX-License-Identifier: BSD-2-Clause
#include "journal/journal_make.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "journal/journal_fields.h"
#include "row/address.h"
#include "row/event_field.h"
#include "row/field.h"
#include "row/row.h"

/* The priorities of syslog(3). */
enum priority { WARNING = 4, INFO = 6, DEBUG };

#define NAME_ROOM 64

static void begin_entry(struct skw_buf *out, uint64_t real_ns, enum priority priority)
{
	skw_buf_printf(out,
		       SKW_JOURNAL_TIME "=%" PRIu64 "\n" SKW_JOURNAL_PRIORITY
					"=%d\n" SKW_JOURNAL_WRITER "=" SKW_JOURNAL_US "\n",
		       real_ns / 1000, (int)priority);
}

/* SKWATCH_ and the name in capitals. */
static void add_name(struct skw_buf *out, const char *name)
{
	skw_buf_add_str(out, SKW_JOURNAL_PREFIX);
	for (; *name; name++)
		skw_buf_add_char(out,
				 *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name);
}

static void add_number(struct skw_buf *out, const char *name, uint64_t number)
{
	add_name(out, name);
	skw_buf_add_char(out, '=');
	skw_buf_add_uint(out, number);
	skw_buf_add_char(out, '\n');
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' && *text != '\t')
			return false;
	return true;
}

/* The value and the end of its line. A value with control characters has its length before it. */
static void add_value(struct skw_buf *out, const char *text)
{
	uint64_t len = strlen(text);

	if (is_printable(text)) {
		skw_buf_add_char(out, '=');
	} else {
		skw_buf_add_char(out, '\n');
		for (unsigned shift = 0; shift < 64; shift += 8)
			skw_buf_add_char(out, (char)(len >> shift));
	}
	skw_buf_add(out, text, len);
	skw_buf_add_char(out, '\n');
}

static void add_text(struct skw_buf *out, const char *name, const char *text)
{
	add_name(out, name);
	add_value(out, text);
}

static void add_time(struct skw_buf *out, const char *name, uint64_t ns,
		     const struct skw_format_env *env)
{
	char text[SKW_RFC3339_SIZE];

	skw_format_rfc3339(text, skw_format_real_ns(env, ns));
	add_text(out, name, text);
}

static void add_owners(struct skw_buf *out, const char *name, const struct skw_owners *owners)
{
	char text[SKW_COMM_LEN + 16];
	uint32_t len = owners->len < SKW_JOURNAL_OWNERS ? owners->len : SKW_JOURNAL_OWNERS;

	for (uint32_t i = 0; i < len; i++) {
		snprintf(text, sizeof(text), "%" PRIu32 " %s", owners->list[i].pid,
			 owners->list[i].comm);
		add_text(out, name, text);
	}
	if (owners->len > len)
		add_number(out, SKW_JOURNAL_OWNERS_LEFT, owners->len - len);
}

static void add_hist(struct skw_buf *out, const char *name, const struct skw_row *row)
{
	const uint32_t *hist = skw_row_hist(row);

	add_name(out, name);
	for (int i = 0; i < SKW_RTT_BUCKETS; i++) {
		skw_buf_add_char(out, i ? ',' : '=');
		skw_buf_add_uint(out, hist[i]);
	}
	skw_buf_add_char(out, '\n');
}

static void add_address(struct skw_buf *out, const char *name, enum skw_field field,
			const struct skw_row *row)
{
	char text[SKW_ADDRESS_SIZE];

	if (field == SKW_FIELD_LOCAL_ADDR)
		skw_address_of_local(text, row);
	else
		skw_address_of_remote(text, row);
	add_text(out, name, text);
}

/* A field with a known value. */
static void add_field(struct skw_buf *out, const char *name, enum skw_field field,
		      const struct skw_row *row, const struct skw_value *value,
		      const struct skw_format_env *env)
{
	switch ((enum skw_field_kind)skw_fields[field].kind) {
	case SKW_KIND_NUMBER:
	case SKW_KIND_BYTES:
	case SKW_KIND_BPS:
	case SKW_KIND_US:
		add_number(out, name, value->number);
		break;
	case SKW_KIND_TIME:
		add_time(out, name, value->number, env);
		break;
	case SKW_KIND_BOOL:
		add_text(out, name, value->number ? "true" : "false");
		break;
	case SKW_KIND_TEXT:
		add_text(out, name, value->text);
		break;
	case SKW_KIND_ADDR:
		add_address(out, name, field, row);
		break;
	case SKW_KIND_OWNERS:
		add_owners(out, name, row->owners);
		break;
	case SKW_KIND_HIST:
		add_hist(out, name, row);
		break;
	}
}

/*
 * The name of a row's field in an entry. `own` are the fields of the event, which has a time, too;
 * NULL: it is no event. A name that the event has itself gets a prefix, for which there is room.
 */
static const char *name_of(enum skw_field field, const struct skw_event_field *own, char *room)
{
	const char *name = skw_fields[field].name;
	bool is_taken = own && field == SKW_FIELD_TS;

	for (; own && own->name && !is_taken; own++)
		is_taken = !strcmp(own->name, name);
	if (!is_taken)
		return name;
	snprintf(room, NAME_ROOM, SKW_JOURNAL_FIGURES "%s", name);
	return room;
}

/* All that is known of the row. */
static void add_row(struct skw_buf *out, const struct skw_row *row,
		    const struct skw_event_field *own, const struct skw_format_env *env)
{
	if (row->owners) {
		skw_buf_printf(out, SKW_JOURNAL_PID "=%" PRIu32 "\n" SKW_JOURNAL_COMM,
			       row->owners->list[0].pid);
		add_value(out, row->owners->list[0].comm);
	}
	for (unsigned i = 0; i < SKW_FIELDS; i++) {
		enum skw_field field = (enum skw_field)i;
		struct skw_value value;
		char room[NAME_ROOM];

		skw_field_value(row, field, &value);
		if (value.known)
			add_field(out, name_of(field, own, room), field, row, &value, env);
	}
}

/* "postgres[4121] 10.0.3.7:5432 < 10.0.3.21:51532" */
static void add_connection(struct skw_buf *out, const struct skw_row *row,
			   const struct skw_format_env *env)
{
	static const char arrows[] = {
		[SKW_CONN_UNKNOWN] = '-', [SKW_CONN_IN] = '<', [SKW_CONN_OUT] = '>'
	};
	char text[SKW_ENDPOINT_SIZE];

	if (row->owners) {
		skw_format_name(out, row->owners->list[0].comm, false, env);
		skw_buf_printf(out, "[%" PRIu32 "] ", row->owners->list[0].pid);
	}
	skw_address_local(text, row);
	skw_buf_add_str(out, text);
	if (!skw_row_has_peer(row))
		return;
	skw_address_remote(text, row);
	skw_buf_printf(out, " %c %s", arrows[row->direction < sizeof(arrows) ? row->direction : 0],
		       text);
}

static enum priority priority_of(const struct skw_event *event)
{
	bool is_trouble = event->type == SKW_EVENT_RTO || event->type == SKW_EVENT_RETRANS ||
			  (event->type == SKW_EVENT_CONNECT && event->error);

	if (event->type == SKW_EVENT_CLOSE)
		is_trouble = event->row->close_reason != SKW_CLOSE_FIN &&
			     event->row->close_reason != SKW_CLOSE_HALF_CLOSED &&
			     event->row->close_reason != SKW_CLOSE_UNKNOWN;
	return is_trouble ? WARNING : INFO;
}

static void begin_message(struct skw_buf *out)
{
	skw_buf_add_str(out, SKW_JOURNAL_MESSAGE "=");
}

/* The words in front of the details of an event that do not name its type by themselves. */
static void add_happening(struct skw_buf *out, const struct skw_event *event)
{
	static const char *const before_details[SKW_EVENT_CREATOR] = {
		[SKW_EVENT_CONNECT] = " ",
		[SKW_EVENT_ESTABLISHED] = ", ",
		[SKW_EVENT_STATE] = " ",
		[SKW_EVENT_LISTEN] = ", ",
	};
	const char *between = event->type < SKW_EVENT_CREATOR ? before_details[event->type] : NULL;

	if (between)
		skw_buf_add_str(out, skw_row_event_name(event->type));
	size_t named = out->len;
	if (between)
		skw_buf_add_str(out, between);
	size_t before = out->len;
	skw_format_event_details(out, event);
	if (out->len == before)
		out->len = named;
}

void skw_journal_message(struct skw_buf *out, const struct skw_event *event,
			 const struct skw_format_env *env)
{
	add_happening(out, event);
	skw_buf_add_str(out, ": ");
	add_connection(out, event->row, env);
}

void skw_journal_event(struct skw_buf *out, const struct skw_event *event,
		       const struct skw_format_env *env)
{
	const struct skw_event_field *field = skw_event_field_list(event->type);
	struct skw_event_value value;

	begin_entry(out, skw_format_real_ns(env, event->ts_ns), priority_of(event));
	begin_message(out);
	skw_journal_message(out, event, env);
	skw_buf_add_char(out, '\n');
	add_text(out, SKW_JOURNAL_TYPE, skw_row_event_name(event->type));
	add_time(out, SKW_JOURNAL_TS, event->ts_ns, env);
	for (; field->name; field++) {
		skw_event_field_value(event, field, &value);
		if (!value.known)
			continue;
		add_name(out, field->name);
		if (value.text)
			add_value(out, value.text);
		else
			skw_buf_printf(out, "=%" PRId64 "\n", value.number);
	}
	add_row(out, event->row, skw_event_field_list(event->type), env);
}

static void add_row_details(struct skw_buf *out, const struct skw_row *row)
{
	char text[16];

	skw_buf_printf(out, ": %s", skw_row_state_name(row->state));
	if (row->srtt_us != SKW_NONE32) {
		skw_format_us(text, 6, row->srtt_us);
		skw_buf_printf(out, ", srtt %s", text);
	}
	if (row->cwnd != SKW_NONE32)
		skw_buf_printf(out, ", cwnd %" PRIu32, row->cwnd);
	if (row->retrans_segs != SKW_NONE32 && row->retrans_segs)
		skw_buf_printf(out, ", %" PRIu32 " retransmit%s", row->retrans_segs,
			       row->retrans_segs == 1 ? "" : "s");
}

void skw_journal_row(struct skw_buf *out, const struct skw_row *row, uint64_t real_ns,
		     const struct skw_format_env *env)
{
	begin_entry(out, real_ns, DEBUG);
	begin_message(out);
	add_connection(out, row, env);
	add_row_details(out, row);
	skw_buf_add_char(out, '\n');
	add_text(out, SKW_JOURNAL_TYPE, SKW_JOURNAL_TYPE_ROW);
	add_row(out, row, NULL, env);
}

void skw_journal_gone(struct skw_buf *out, uint64_t cookie, uint64_t real_ns)
{
	begin_entry(out, real_ns, DEBUG);
	begin_message(out);
	skw_buf_printf(out, "socket %" PRIu64 " is gone\n", cookie);
	add_text(out, SKW_JOURNAL_TYPE, SKW_JOURNAL_TYPE_GONE);
	add_number(out, skw_fields[SKW_FIELD_COOKIE].name, cookie);
}

void skw_journal_sweep(struct skw_buf *out, const struct skw_journal_sweep *sweep, uint64_t real_ns,
		       const struct skw_format_env *env)
{
	begin_entry(out, real_ns, DEBUG);
	begin_message(out);
	skw_buf_printf(out, "sweep: %" PRIu64 " socket%s, %" PRIu64 " changed\n", sweep->rows,
		       sweep->rows == 1 ? "" : "s", sweep->changed + sweep->left);
	add_text(out, SKW_JOURNAL_TYPE, SKW_JOURNAL_TYPE_SWEEP);
	add_time(out, SKW_JOURNAL_TS, sweep->ts_ns, env);
	add_number(out, SKW_JOURNAL_INTERVAL, sweep->interval_ns / 1000);
	add_number(out, SKW_JOURNAL_ROWS, sweep->rows);
	add_number(out, SKW_JOURNAL_CHANGED, sweep->changed);
	add_number(out, SKW_JOURNAL_LEFT, sweep->left);
	add_number(out, SKW_JOURNAL_EVENTS, sweep->events);
	add_number(out, SKW_JOURNAL_EVENTS_LOST, sweep->events_lost);
	add_number(out, SKW_JOURNAL_NAMESPACES, sweep->netns);
}
