// SPDX-License-Identifier: BSD-2-Clause
/*
 * Rows are written by code that is made to be fast. Here they are made a second time, slowly, with
 * the C library and jansson, and both must be the same bytes.
 */
#include "format/format.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "conn_rows.h"
#include "format/listing.h"
#include "row/address.h"
#include "row/row.h"
#include "slow_values.h"
#include "util/cleanup.h"
#include "util/utf8.h"

#define ROWS   20000
#define OWNERS 3

static const struct skw_format_env env = { .offset_ns = CONN_ROWS_OFFSET_NS,
					   .sweep_ns = 77,
					   .update = 3,
					   .host = "db \"7\"",
					   .messages = true };

/* Numbers of any length; jansson knows no greater ones. */
static uint64_t any_number(void)
{
	return (any() & INT64_MAX) >> below(63);
}

static const char *any_text(void)
{
	static const char *const texts[] = {
		"",
		"web",
		"/system.slice/postgresql.service",
		"a,b",
		"say \"x\"",
		"back\\slash",
		"=1+1",
		"-dash",
		"@at",
		"+plus",
		"tab\there",
		"line\nend",
		"\x1b[2J",
		"del\x7f",
		"gr\xc3\xbc\xc3\x9f",
		"bad\xff\xfe",
		"\xef\xbc\x9d wide",
		"\xe2\x80\xae hidden",
		"a b",
		"/a/solidus",
		"cr\r",
		"\x01",
		("/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/"
		 "01234567890123456789/0123456789/0123456789"),
		("/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/"
		 "0123456789/0123456789/\"23456789/0123456789"),
		("/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/"
		 "0123456789/0123456789/a\""),
	};

	return texts[below(SKW_ARRAY_SIZE(texts))];
}

static const char *any_text_or_none(void)
{
	return below(3) ? any_text() : NULL;
}

/* Owners and a remote end for one row at a time. */
static struct {
	struct skw_owners *owners;
	struct skw_remote remote;
	struct skw_row_datagrams datagrams;
	uint32_t hist[SKW_RTT_BUCKETS];
} parts;

static const struct skw_owners *any_owners(void)
{
	struct skw_owners *owners = parts.owners;

	if (!owners)
		owners = calloc(1, sizeof(*owners) + OWNERS * sizeof(owners->list[0]));
	assert_non_null(owners);
	parts.owners = owners;
	owners->len = (uint32_t)below(OWNERS) + 1;
	for (uint32_t i = 0; i < owners->len; i++) {
		owners->list[i].pid = (uint32_t)(any() >> below(32));
		snprintf(owners->list[i].comm, sizeof(owners->list[i].comm), "%.15s", any_text());
	}
	return owners;
}

static void set_number(struct skw_row *row, const struct skw_field_info *info)
{
	uint64_t number = below(4) ? any_number() : SKW_NONE64;
	uint32_t small = (uint32_t)number;

	char *at = (info->udp ? (char *)row->datagrams : (char *)row) + info->offset;

	if (info->size == sizeof(number))
		memcpy(at, &number, sizeof(number));
	else
		memcpy(at, &small, sizeof(small));
}

static struct skw_row any_row(void)
{
	struct skw_row row = conn_row_unknown();

	row.tuple.proto = below(3) ? IPPROTO_TCP : IPPROTO_UDP;
	row.tuple.family = below(2) ? AF_INET : AF_INET6;
	if (row.tuple.proto == IPPROTO_UDP)
		row.datagrams = &parts.datagrams;
	memset(&parts.datagrams, 0xff, sizeof(parts.datagrams));
	any_address(row.tuple.local_addr, row.tuple.family);
	any_address(row.tuple.remote_addr, row.tuple.family);
	row.tuple.local_port = (uint16_t)(any() >> below(16));
	row.tuple.remote_port = (uint16_t)(any() >> below(16));
	for (unsigned i = 0; i < SKW_FIELDS; i++)
		if (skw_fields[i].size && (!skw_fields[i].udp || row.tuple.proto == IPPROTO_UDP))
			set_number(&row, &skw_fields[i]);
	for (unsigned i = 0; i < SKW_RTT_BUCKETS; i++)
		parts.hist[i] = (uint32_t)(any() >> below(32));
	row.rtt_hist = below(2) ? parts.hist : NULL;
	row.state = (uint8_t)below(SKW_STATES + 2);
	row.direction = (uint8_t)below(4);
	row.timer = (uint8_t)below(8);
	row.flags = (uint8_t)any();
	row.owner_source = (uint8_t)below(SKW_OWNER_SOURCES + 1);
	row.close_reason = (uint8_t)below(SKW_CLOSE_REASONS + 1);
	row.netns_name = any_text_or_none();
	row.cgroup = any_text_or_none();
	row.congestion = any_text_or_none();
	row.owners = below(3) ? any_owners() : NULL;
	parts.remote = (struct skw_remote){ .cookie = any_number(),
					    .host = (uint32_t)any(),
					    .name = any_text_or_none(),
					    .name_source = any_text_or_none() };
	const char *scope = any_text_or_none();

	snprintf(parts.remote.scope, sizeof(parts.remote.scope), "%s", scope ? scope : "");
	row.remote = below(2) ? &parts.remote : NULL;
	return row;
}

/* ---- the slow way ---- */

static json_t *string_of(const char *text)
{
	struct skw_buf clean = SKW_BUF_INIT;
	json_t *string;

	skw_buf_add_char(&clean, ' ');
	while (*text)
		text = skw_utf8_add(&clean, text);
	string = json_stringn((const char *)clean.data + 1, clean.len - 1);
	assert_non_null(string);
	skw_buf_free(&clean);
	return string;
}

static json_t *owners_of(const struct skw_owners *owners)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < owners->len; i++) {
		json_t *owner = json_object();

		json_object_set_new(owner, "pid", json_integer(owners->list[i].pid));
		json_object_set_new(owner, "comm", string_of(owners->list[i].comm));
		json_array_append_new(list, owner);
	}
	return list;
}

static json_t *hist_of(const struct skw_row *row)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < SKW_RTT_BUCKETS; i++)
		json_array_append_new(list, json_integer(skw_row_hist(row)[i]));
	return list;
}

static void address_of(char *out, const struct skw_row *row, enum skw_field field)
{
	address_text(out, row->tuple.family,
		     field == SKW_FIELD_LOCAL_ADDR ? row->tuple.local_addr : row->tuple.remote_addr,
		     skw_row_scope(row));
}

static json_t *json_of(const struct skw_row *row, enum skw_field field, const struct skw_value *v)
{
	char text[SKW_ADDRESS_SIZE];

	switch ((enum skw_field_kind)skw_fields[field].kind) {
	case SKW_KIND_TIME:
		return json_string(time_text(skw_format_real_ns(&env, v->number)));
	case SKW_KIND_BOOL:
		return json_boolean(v->number);
	case SKW_KIND_TEXT:
		return string_of(v->text);
	case SKW_KIND_ADDR:
		address_of(text, row, field);
		return string_of(text);
	case SKW_KIND_OWNERS:
		return owners_of(row->owners);
	case SKW_KIND_HIST:
		return hist_of(row);
	default:
		return json_integer((json_int_t)v->number);
	}
}

static void value_of(const struct skw_row *row, enum skw_field field, struct skw_value *v)
{
	skw_field_value(row, field, v);
	if (field == SKW_FIELD_TS && !v->known) {
		v->known = true;
		v->number = env.sweep_ns;
	}
}

static char *slow_json(const struct skw_row *row)
{
	json_t *object = json_object();
	struct skw_value v;

	for (unsigned i = 0; i < SKW_FIELDS; i++) {
		value_of(row, (enum skw_field)i, &v);
		json_object_set_new(object, skw_fields[i].name,
				    v.known ? json_of(row, (enum skw_field)i, &v) : json_null());
	}
	json_object_set_new(object, "update", json_integer((json_int_t)env.update));
	json_object_set_new(object, "host", string_of(env.host));
	char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER);
	assert_non_null(text);
	json_decref(object);
	return text;
}

static void slow_csv_text(struct skw_buf *out, const char *text)
{
	bool formula = strchr("=+-@", *text) || !strncmp(text, "\xef\xbc\x9d", 3);
	bool quotes = formula || strpbrk(text, ",\"\r\n");

	formula = formula && *text;
	quotes = quotes && *text;
	skw_buf_printf(out, "%s%s", quotes ? "\"" : "", formula ? "'" : "");
	while (*text) {
		if (*text == '"')
			skw_buf_add_char(out, '"');
		if (*text == '\n')
			skw_buf_add_char(out, *text++);
		else
			text = skw_utf8_add_visible(out, text);
	}
	skw_buf_printf(out, "%s", quotes ? "\"" : "");
}

static void slow_csv_cell(struct skw_buf *out, const struct skw_row *row, enum skw_field field,
			  const struct skw_value *v)
{
	char text[256] = "";

	switch ((enum skw_field_kind)skw_fields[field].kind) {
	case SKW_KIND_TIME:
		skw_buf_printf(out, "%s", time_text(skw_format_real_ns(&env, v->number)));
		break;
	case SKW_KIND_BOOL:
		skw_buf_printf(out, "%s", v->number ? "true" : "false");
		break;
	case SKW_KIND_TEXT:
		slow_csv_text(out, v->text);
		break;
	case SKW_KIND_ADDR:
		address_of(text, row, field);
		slow_csv_text(out, text);
		break;
	case SKW_KIND_OWNERS:
		for (uint32_t i = 0; i < row->owners->len; i++)
			sprintf(text + strlen(text), "%s%" PRIu32 ":%s", i ? " " : "",
				row->owners->list[i].pid, row->owners->list[i].comm);
		slow_csv_text(out, text);
		break;
	case SKW_KIND_HIST:
		for (unsigned i = 0; i < SKW_RTT_BUCKETS; i++)
			skw_buf_printf(out, "%s%" PRIu32, i ? " " : "", skw_row_hist(row)[i]);
		break;
	default:
		skw_buf_printf(out, "%" PRIu64, v->number);
	}
}

static void slow_csv(struct skw_buf *out, const struct skw_row *row)
{
	struct skw_value v;

	for (unsigned i = 0; i < SKW_FIELDS; i++) {
		value_of(row, (enum skw_field)i, &v);
		if (i)
			skw_buf_add_char(out, ',');
		if (v.known)
			slow_csv_cell(out, row, (enum skw_field)i, &v);
	}
	skw_buf_printf(out, ",%" PRIu64 ",", env.update);
	slow_csv_text(out, env.host);
	skw_buf_add_char(out, '\n');
}

static void slow_listing(struct skw_buf *out, const struct skw_row *row)
{
	static const char arrows[] = "-<>-";
	const struct skw_owner *owner = row->owners ? row->owners->list : NULL;
	char local[SKW_ENDPOINT_SIZE], remote[SKW_NAMED_SIZE], pid[16] = "--", cell[6][9];
	struct skw_buf comm = SKW_BUF_INIT;
	struct skw_value age;
	int columns =
		skw_format_name(&comm, owner && *owner->comm ? owner->comm : "--", true, &env);

	if (owner)
		snprintf(pid, sizeof(pid), "%" PRIu32, owner->pid);
	skw_address_local(local, row);
	skw_address_remote_named(remote, row);
	skw_field_value(row, SKW_FIELD_AGE_US, &age);
	skw_format_age(cell[0], 7, age.known ? age.number : SKW_NONE64);
	skw_format_number(cell[1], 6, row->rx_bps);
	skw_format_number(cell[2], 6, row->tx_bps);
	skw_format_us(cell[3], 7, row->srtt_us == SKW_NONE32 ? SKW_NONE64 : row->srtt_us);
	skw_format_us(cell[4], 7, row->min_rtt_us == SKW_NONE32 ? SKW_NONE64 : row->min_rtt_us);
	skw_format_number(cell[5], 6,
			  row->retrans_segs == SKW_NONE32 ? SKW_NONE64 : row->retrans_segs);
	skw_buf_printf(out, "%7s %.*s%*s %-5s %-45s %c %-45s %-12s %7s %6s %6s %7s %7s %6s", pid,
		       (int)comm.len, (char *)comm.data, columns < 15 ? 15 - columns : 0, "",
		       row->tuple.proto == IPPROTO_UDP ? "udp" : "tcp", local,
		       arrows[row->direction], remote, skw_row_state_name(row->state), cell[0],
		       cell[1], cell[2], cell[3], cell[4], cell[5]);
	skw_format_number(cell[0], 6, row->rto_count == SKW_NONE32 ? SKW_NONE64 : row->rto_count);
	skw_buf_printf(out, " %6s %6s %7s %6s %-8s\n", cell[0], "--", "--", "--", "--");
	skw_buf_free(&comm);
}

/* ---- the tests ---- */

static void same(const struct skw_buf *fast, const char *slow, size_t len)
{
	assert_false(fast->failed);
	if (fast->len != len || memcmp(fast->data, slow, len) != 0)
		fail_msg("fast %.*s\nslow %.*s", (int)fast->len, (char *)fast->data, (int)len,
			 slow);
}

static void rows_are_written_as_the_libraries_do(void **state)
{
	struct skw_buf fast = SKW_BUF_INIT, slow = SKW_BUF_INIT;

	(void)state;
	for (int i = 0; i < ROWS; i++) {
		const struct skw_row row = any_row();
		char *json = slow_json(&row);

		skw_buf_reset(&fast);
		assert_int_equal(skw_format_row_json(&fast, &row, &env), 0);
		fast.len--;
		same(&fast, json, strlen(json));
		free(json);
		skw_buf_reset(&fast);
		skw_buf_reset(&slow);
		assert_int_equal(skw_format_row_csv(&fast, &row, &env), 0);
		slow_csv(&slow, &row);
		same(&fast, (char *)slow.data, slow.len);
		skw_buf_reset(&fast);
		skw_buf_reset(&slow);
		skw_listing_row(&fast, &row, &env);
		slow_listing(&slow, &row);
		same(&fast, (char *)slow.data, slow.len);
	}
	skw_buf_free(&fast);
	skw_buf_free(&slow);
	free(parts.owners);
	parts.owners = NULL;
}

/* A buffer that is always as small as it can be makes each cell ask for room. */
static void a_row_is_the_same_in_a_small_buffer(void **state)
{
	(void)state;
	for (int i = 0; i < ROWS / 10; i++) {
		const struct skw_row row = any_row();
		struct skw_buf fast = SKW_BUF_INIT;
		char *json = slow_json(&row);

		assert_int_equal(skw_format_row_json(&fast, &row, &env), 0);
		fast.len--;
		same(&fast, json, strlen(json));
		skw_buf_free(&fast);
		free(json);
	}
	free(parts.owners);
	parts.owners = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_written_as_the_libraries_do),
		cmocka_unit_test(a_row_is_the_same_in_a_small_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
