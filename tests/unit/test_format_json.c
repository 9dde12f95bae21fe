// SPDX-License-Identifier: BSD-2-Clause
/* JSON, read back with a library that is not ours. */
#include "format/format.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "conn_rows.h"
#include "format/format_group.h"

static const struct skw_format_env env = { .offset_ns = CONN_ROWS_OFFSET_NS, .host = "db7" };

/* Parses a line, which must be a single object without duplicate keys. */
static json_t *parse_line(struct skw_buf *out)
{
	json_error_t error;

	assert_false(out->failed);
	assert_ptr_equal(memchr(out->data, '\n', out->len), out->data + out->len - 1);
	json_t *object = json_loadb((char *)out->data, out->len, JSON_REJECT_DUPLICATES, &error);
	if (!object)
		fail_msg("%s: %.*s", error.text, (int)out->len, (char *)out->data);
	assert_true(json_is_object(object));
	skw_buf_free(out);
	return object;
}

static json_t *row_object(const struct skw_row *row)
{
	struct skw_buf out = SKW_BUF_INIT;

	assert_int_equal(skw_format_row_json(&out, row, &env), 0);
	return parse_line(&out);
}

static json_t *event_object(const struct skw_event *event)
{
	struct skw_buf out = SKW_BUF_INIT;

	assert_int_equal(skw_format_event_json(&out, event, &env), 0);
	return parse_line(&out);
}

static json_type type_of(enum skw_field_kind kind)
{
	switch (kind) {
	case SKW_KIND_BOOL:
		return JSON_TRUE;
	case SKW_KIND_TIME:
	case SKW_KIND_TEXT:
	case SKW_KIND_ADDR:
		return JSON_STRING;
	case SKW_KIND_OWNERS:
	case SKW_KIND_HIST:
		return JSON_ARRAY;
	default:
		return JSON_INTEGER;
	}
}

static void check_string(json_t *object, const char *key, const char *want)
{
	const char *have = json_string_value(json_object_get(object, key));

	if (!have)
		fail_msg("%s is no string", key);
	assert_string_equal(have, want);
}

static void check_number(json_t *object, const char *key, json_int_t want)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	assert_int_equal(json_integer_value(json_object_get(object, key)), want);
}

static void a_row_has_every_field_with_its_type(void **state)
{
	const struct skw_row row = conn_row_full();
	json_t *object = row_object(&row);

	(void)state;
	assert_int_equal(json_object_size(object), SKW_FIELDS + 2);
	for (int i = 0; i < SKW_FIELDS; i++) {
		json_t *value = json_object_get(object, skw_fields[i].name);

		/* A connection has no datagrams, and messages were not asked for. */
		if ((skw_fields[i].udp || i >= SKW_FIELD_APP) && json_is_null(value))
			continue;
		if (!value || json_typeof(value) != type_of(skw_fields[i].kind))
			fail_msg("%s is of another type", skw_fields[i].name);
	}
	check_string(object, "ts", "2023-11-15T00:26:40.123456789Z");
	check_string(object, "opened_at", "2023-11-14T22:13:40.123456789Z");
	check_string(object, "closed_at", "2023-11-15T00:26:40.123456789Z");
	assert_true(json_is_null(json_object_get(object, "update")));
	check_string(object, "host", "db7");
	check_number(object, "cookie", 4242);
	check_string(object, "proto", "tcp");
	check_string(object, "family", "inet");
	check_string(object, "local_addr", "10.0.3.7");
	check_number(object, "local_port", 5432);
	check_string(object, "remote_addr", "10.0.3.21");
	check_string(object, "state", "CLOSED");
	check_string(object, "comm", "postgres");
	check_number(object, "age_us", 7980000000);
	check_number(object, "bytes_received", 61000000000);
	check_string(object, "cgroup", "/system.slice/postgresql.service");
	check_string(object, "close_reason", "reset_by_peer");
	check_number(object, "remote_host", 17);
	check_number(object, "remote_cookie", 77);
	check_string(object, "remote_comm", "psql");
	json_t *owners = json_object_get(object, "owners");
	assert_int_equal(json_array_size(owners), 2);
	check_number(json_array_get(owners, 0), "pid", 4121);
	check_string(json_array_get(owners, 1), "comm", "worker \"x\"");
	json_t *hist = json_object_get(object, "rtt_hist");
	assert_int_equal(json_array_size(hist), SKW_RTT_BUCKETS);
	assert_int_equal(json_integer_value(json_array_get(hist, 15)), 15);
	json_decref(object);
}

static void unknown_is_null_never_zero(void **state)
{
	const struct skw_row row = conn_row_unknown();
	json_t *object = row_object(&row);

	(void)state;
	assert_int_equal(json_object_size(object), SKW_FIELDS + 2);
	for (int i = 0; i < SKW_FIELDS; i++) {
		struct skw_value v;

		skw_field_value(&row, (enum skw_field)i, &v);
		json_t *value = json_object_get(object, skw_fields[i].name);
		assert_non_null(value);
		assert_int_equal(json_is_null(value), !v.known);
	}
	json_decref(object);
}

static void mapped_addresses_are_ipv4_of_inet6(void **state)
{
	struct skw_row row = conn_row_full();

	(void)state;
	row.tuple.family = AF_INET6;
	memcpy(row.tuple.remote_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x2\x1", 16);
	json_t *object = row_object(&row);
	check_string(object, "family", "inet6");
	check_string(object, "remote_addr", "192.0.2.1");
	json_decref(object);
}

static void names_of_any_bytes_give_sound_json(void **state)
{
	/*
	 * Bytes, and the text that is read back, with U+FFFD for each byte that is not part of a
	 * character.
	 */
	static const struct {
		const char *bytes, *text;
	} list[] = {
		{ "\xff", "\xef\xbf\xbd" },
		{ "a\xc3", "a\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe2\x82\xac\xe2\x82", "\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\"\\/\b\n\t\x01\x7f", "\"\\/\b\n\t\x01\x7f" },
		{ "", "" },
	};
	struct skw_row row = conn_row_full();

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct skw_buf out = SKW_BUF_INIT;

		row.cgroup = list[i].bytes;
		assert_int_equal(skw_format_row_json(&out, &row, &env), 0);
		/*
		 * There must be no control character for a terminal, and no incomplete character.
		 */
		for (size_t at = 0; at + 1 < out.len; at++)
			assert_true(out.data[at] >= ' ' && out.data[at] <= 0x7f);
		json_t *object = parse_line(&out);
		check_string(object, "cgroup", list[i].text);
		json_decref(object);
	}
	/* Each byte value, alone and before another byte. */
	for (int byte = 1; byte < 256; byte++) {
		const char text[] = { (char)byte, 'x', (char)byte, '\0' };

		row.netns_name = text;
		json_decref(row_object(&row));
	}
}

static void events_say_what_they_add(void **state)
{
	static const char *const shared[] = {
		"ts",          "type",          "cookie",       "netns",      "netns_name",
		"proto",       "family",        "local_addr",   "local_port", "remote_addr",
		"remote_port", "state",         "direction",    "pid",        "comm",
		"uid",         "owners",        "owner_source", "cgroup",     "cgroup_id",
		"remote_host", "remote_cookie", "remote_comm",
	};
	static const struct {
		uint8_t type;
		const char *name, *adds[4];
	} list[] = {
		{ SKW_EVENT_CONNECT, "connect", { "error", NULL } },
		{ SKW_EVENT_ESTABLISHED, "established", { "handshake_us", NULL } },
		{ SKW_EVENT_STATE, "state", { "old_state", "new_state", NULL } },
		{ SKW_EVENT_RTT, "rtt", { "rtt_us", NULL } },
		{ SKW_EVENT_RTO, "rto", { "rto_us", "backoff", "old_cwnd", NULL } },
		{ SKW_EVENT_RETRANS, "retrans", { "seq", "segs", "error", NULL } },
		{ SKW_EVENT_LISTEN, "listen", { "backlog", NULL } },
	};
	const struct skw_row row = conn_row_full();
	const size_t len = sizeof(shared) / sizeof(shared[0]);

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		const struct skw_event event = {
			.ts_ns = CONN_ROWS_TS_NS + 1,
			.row = &row,
			.type = list[i].type,
			.old_state = SKW_STATE_ESTABLISHED,
			.new_state = SKW_STATE_FIN_WAIT1,
			.rtt_us = 1,
			.rto_us = 2,
			.backoff = 3,
			.old_cwnd = 10,
			.seq = 4,
			.segs = 5,
			.error = -11,
			.backlog = 6,
			.handshake_us = 7,
		};
		json_t *object = event_object(&event);
		size_t adds = 0;

		for (size_t at = 0; at < len; at++)
			assert_non_null(json_object_get(object, shared[at]));
		for (; list[i].adds[adds]; adds++)
			assert_non_null(json_object_get(object, list[i].adds[adds]));
		assert_int_equal(json_object_size(object), len + 1 + adds);
		check_string(object, "host", "db7");
		check_string(object, "type", list[i].name);
		/* The time of the event, not that of the row's figures. */
		check_string(object, "ts", "2023-11-15T00:26:40.123456790Z");
		check_string(object, "comm", "postgres");
		json_decref(object);
	}
}

static void what_events_add_has_its_value(void **state)
{
	const struct skw_row row = conn_row_full();
	struct skw_event event = { .ts_ns = CONN_ROWS_TS_NS, .row = &row };

	(void)state;
	event.type = SKW_EVENT_STATE;
	event.old_state = SKW_STATE_ESTABLISHED;
	event.new_state = SKW_STATE_FIN_WAIT1;
	json_t *object = event_object(&event);
	check_string(object, "old_state", "ESTABLISHED");
	check_string(object, "new_state", "FIN_WAIT1");
	json_decref(object);

	event.type = SKW_EVENT_RTO;
	event.rto_us = 402000;
	event.backoff = 1;
	object = event_object(&event);
	check_number(object, "rto_us", 402000);
	check_number(object, "backoff", 1);
	json_decref(object);

	/* A sequence number with all bits set is a valid number. The segment could not be sent. */
	event.type = SKW_EVENT_RETRANS;
	event.seq = UINT32_MAX;
	event.segs = 2;
	event.error = -11;
	object = event_object(&event);
	check_number(object, "seq", UINT32_MAX);
	check_number(object, "segs", 2);
	check_number(object, "error", -11);
	json_decref(object);

	event.type = SKW_EVENT_RTT;
	event.rtt_us = SKW_NONE32;
	object = event_object(&event);
	assert_true(json_is_null(json_object_get(object, "rtt_us")));
	json_decref(object);

	event.type = SKW_EVENT_ESTABLISHED;
	event.handshake_us = SKW_NONE32;
	object = event_object(&event);
	assert_true(json_is_null(json_object_get(object, "handshake_us")));
	json_decref(object);
}

static void a_close_is_the_whole_row(void **state)
{
	const struct skw_row row = conn_row_full();
	const struct skw_event event = { .ts_ns = CONN_ROWS_TS_NS,
					 .row = &row,
					 .type = SKW_EVENT_CLOSE,
					 .old_state = SKW_STATE_ESTABLISHED,
					 .new_state = SKW_STATE_CLOSED };
	json_t *object = event_object(&event);

	(void)state;
	assert_int_equal(json_object_size(object), SKW_FIELDS + 3);
	for (int i = 0; i < SKW_FIELDS; i++)
		assert_non_null(json_object_get(object, skw_fields[i].name));
	check_string(object, "type", "close");
	check_string(object, "old_state", "ESTABLISHED");
	check_string(object, "state", "CLOSED");
	check_string(object, "close_reason", "reset_by_peer");
	check_number(object, "bytes_acked", 1900000000);
	json_decref(object);
}

static void a_row_without_a_time_has_that_of_the_sweep(void **state)
{
	const struct skw_format_env sweep = { .offset_ns = CONN_ROWS_OFFSET_NS,
					      .sweep_ns = CONN_ROWS_TS_NS,
					      .update = 3,
					      .host = "db7" };
	const struct skw_row rows[] = { conn_row_unknown(), conn_row_full() };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct skw_buf out = SKW_BUF_INIT;

		assert_int_equal(skw_format_row_json(&out, &rows[i], &sweep), 0);
		json_t *object = parse_line(&out);
		check_string(object, "ts", "2023-11-15T00:26:40.123456789Z");
		check_number(object, "update", 3);
		check_string(object, "host", "db7");
		json_decref(object);
	}
}

static void a_group_is_an_object(void **state)
{
	const struct skw_format_env sweep = { .offset_ns = CONN_ROWS_OFFSET_NS,
					      .sweep_ns = CONN_ROWS_TS_NS,
					      .update = 3,
					      .host = "db7" };
	struct skw_group_row row = { .name = "=web[913]",
				     .known = true,
				     .number = 913,
				     .open = 5,
				     .connections = 4,
				     .closed = 7,
				     .tx_bps = SKW_NONE64,
				     .rx_bps = 800,
				     .srtt_us = 41 };
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	assert_int_equal(skw_format_group_json(&out, SKW_GROUP_PID, &row, &sweep), 0);
	json_t *object = parse_line(&out);
	assert_int_equal(json_object_size(object), 22);
	check_string(object, "ts", "2023-11-15T00:26:40.123456789Z");
	check_string(object, "group", "pid");
	check_string(object, "name", "=web[913]");
	check_number(object, "number", 913);
	check_number(object, "open", 5);
	check_number(object, "connections", 4);
	check_number(object, "closed", 7);
	check_number(object, "rx_bps", 800);
	assert_true(json_is_null(json_object_get(object, "tx_bps")));
	assert_true(json_is_null(json_object_get(object, "cgroup")));
	check_number(object, "update", 3);
	check_string(object, "host", "db7");
	json_decref(object);

	row.known = false;
	row.cgroup = "/a";
	assert_int_equal(skw_format_group_json(&out, SKW_GROUP_CGROUP, &row, &sweep), 0);
	object = parse_line(&out);
	assert_true(json_is_null(json_object_get(object, "name")));
	assert_true(json_is_null(json_object_get(object, "number")));
	check_string(object, "cgroup", "/a");
	json_decref(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_has_every_field_with_its_type),
		cmocka_unit_test(unknown_is_null_never_zero),
		cmocka_unit_test(mapped_addresses_are_ipv4_of_inet6),
		cmocka_unit_test(names_of_any_bytes_give_sound_json),
		cmocka_unit_test(events_say_what_they_add),
		cmocka_unit_test(what_events_add_has_its_value),
		cmocka_unit_test(a_close_is_the_whole_row),
		cmocka_unit_test(a_row_without_a_time_has_that_of_the_sweep),
		cmocka_unit_test(a_group_is_an_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
