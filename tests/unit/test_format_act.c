// SPDX-License-Identifier: BSD-2-Clause
/* Events of the verbs that act, and the list of their pins. */
#include "format/format_act.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "conn_rows.h"
#include "format/format_pins.h"
#include "row/row.h"
#include "util/cleanup.h"

static const struct skw_format_env env = { .offset_ns = CONN_ROWS_OFFSET_NS, .host = "db7" };

/* As a string, which the caller frees with the buffer. */
static const char *text_of(struct skw_buf *out)
{
	skw_buf_add_char(out, '\0');
	assert_false(out->failed);
	return (const char *)out->data;
}

static const struct skw_act_fact facts[] = {
	{ .name = "rule", .number = 3 },
	{ .name = "bytes_in", .number = SKW_NONE64 },
	{ .name = "error", .text = "econn\033refused" },
};

static void a_line_has_the_facts_that_are_known(void **state)
{
	const struct skw_row row = conn_row_full();
	const struct skw_act_event event = { .ts_ns = CONN_ROWS_TS_NS,
					     .type = "deny",
					     .row = &row,
					     .facts = facts,
					     .facts_len = SKW_ARRAY_SIZE(facts) };
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	skw_format_act_line(&out, &event, &env);
	assert_string_equal(text_of(&out),
			    "02:26:40.123456 deny        postgres[4121]           10.0.3.7:5432    "
			    "     < 10.0.3.21:51532        rule 3, error econn?refused\n");
	skw_buf_free(&out);
}

static void a_line_without_facts_ends_behind_the_tuple(void **state)
{
	struct skw_act_event event = { .ts_ns = CONN_ROWS_TS_NS, .type = "allow" };
	struct skw_buf out = SKW_BUF_INIT;
	struct skw_row row;

	(void)state;
	skw_row_blank(&row);
	row.tuple.local_port = 80;
	event.row = &row;
	skw_format_act_line(&out, &event, &env);
	assert_non_null(strstr(text_of(&out), "allow       --  "));
	assert_true(out.data[out.len - 2] == '\n' && out.data[out.len - 3] != ' ');
	skw_buf_free(&out);
}

static void an_object_has_facts_and_fields(void **state)
{
	const struct skw_row row = conn_row_full();
	const struct skw_act_event event = { .ts_ns = CONN_ROWS_TS_NS,
					     .type = "deny",
					     .row = &row,
					     .facts = facts,
					     .facts_len = SKW_ARRAY_SIZE(facts) };
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	assert_int_equal(skw_format_act_json(&out, &event, &env), 0);
	const char *text = text_of(&out);

	assert_ptr_equal(strstr(text, "{\"ts\":\""), text);
	assert_non_null(strstr(text, ",\"type\":\"deny\",\"host\":\"db7\",\"rule\":3,"
				     "\"bytes_in\":null,\"error\":\"econn\\u001Brefused\","
				     "\"cookie\":"));
	assert_non_null(strstr(text, "\"remote_addr\":\"10.0.3.21\",\"remote_port\":51532"));
	assert_non_null(strstr(text, "\"pid\":4121,\"comm\":\"postgres\""));
	assert_string_equal(text + strlen(text) - 2, "}\n");
	skw_buf_free(&out);
}

static char rule[] = "deny connect", port[] = "port 7";
static const struct skw_format_pin_part parts[] = { { rule, 12 }, { port, SKW_NONE64 } };

static struct skw_format_pin a_pin(unsigned links, unsigned attached)
{
	return (struct skw_format_pin){ .name = "web",
					.kind = "policy",
					.where = "/system.slice",
					.what = "deny connect",
					.since_ns = 1795824485000000000ULL,
					.links = links,
					.attached = attached,
					.parts = parts,
					.parts_len = SKW_ARRAY_SIZE(parts) };
}

static void pins_are_lines(void **state)
{
	static const struct {
		unsigned links, attached;
		const char *state;
	} cases[] = {
		{ 2, 2, "attached          " },
		{ 2, 1, "1 of 2 attached   " },
		{ 2, 0, "not attached      " },
		{ 0, 0, "no link           " },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		const struct skw_format_pin pin = a_pin(cases[i].links, cases[i].attached);
		struct skw_buf out = SKW_BUF_INIT;
		char want[256];

		skw_format_pin_lines(&out, &pin);
		snprintf(want, sizeof(want),
			 "web              policy  2026-11-28T00:08:05Z %s /system.slice\n"
			 "          12  deny connect\n"
			 "              port 7\n",
			 cases[i].state);
		assert_string_equal(text_of(&out), want);
		skw_buf_free(&out);
	}
}

static void pins_are_objects(void **state)
{
	const struct skw_format_pin pin = a_pin(2, 1);
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	assert_int_equal(skw_format_pin_json(&out, &pin), 0);
	assert_string_equal(text_of(&out), "{\"name\":\"web\",\"kind\":\"policy\","
					   "\"since\":\"2026-11-28T00:08:05.000000000Z\","
					   "\"where\":\"/system.slice\",\"what\":\"deny connect\","
					   "\"links\":2,\"attached\":1,\"parts\":["
					   "{\"text\":\"deny connect\",\"count\":12},"
					   "{\"text\":\"port 7\",\"count\":null}]}\n");
	skw_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_the_facts_that_are_known),
		cmocka_unit_test(a_line_without_facts_ends_behind_the_tuple),
		cmocka_unit_test(an_object_has_facts_and_fields),
		cmocka_unit_test(pins_are_lines),
		cmocka_unit_test(pins_are_objects),
	};

	/* Lines have local time. */
	setenv("TZ", "XXX-2", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
