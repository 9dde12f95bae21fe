// SPDX-License-Identifier: BSD-2-Clause
#include "row/field.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "conn_rows.h"
#include "row/address.h"

static struct skw_value value_of(const struct skw_row *row, enum skw_field field)
{
	struct skw_value v;

	skw_field_value(row, field, &v);
	return v;
}

static void every_field_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < SKW_FIELDS; i++) {
		const struct skw_field_info *f = &skw_fields[i];

		assert_non_null(f->name);
		assert_true(strlen(f->help) > 0);
		assert_true((f->size == 4 || f->size == 8) != (f->get != NULL));
	}
	assert_string_equal(skw_fields[SKW_FIELD_TS].name, "ts");
	assert_string_equal(skw_fields[SKW_FIELD_CLOSE_REASON].name, "close_reason");
}

static void names_and_aliases_are_found_and_unique(void **state)
{
	static const struct {
		const char *name;
		enum skw_field field;
	} names[] = { { "srtt", SKW_FIELD_SRTT_US },
		      { "srtt_us", SKW_FIELD_SRTT_US },
		      { "minrtt", SKW_FIELD_MIN_RTT_US },
		      { "min_rtt", SKW_FIELD_MIN_RTT_US },
		      { "rtt", SKW_FIELD_LAST_RTT_US },
		      { "rto", SKW_FIELD_RTO_COUNT },
		      { "rto_us", SKW_FIELD_RTO_US },
		      { "retrans", SKW_FIELD_RETRANS_SEGS },
		      { "remote", SKW_FIELD_REMOTE_ADDR },
		      { "reason", SKW_FIELD_CLOSE_REASON },
		      { "cc", SKW_FIELD_CONGESTION },
		      { "srt", SKW_FIELDS },
		      { "SRTT", SKW_FIELDS },
		      { "", SKW_FIELDS },
		      { "min_rtt minrtt", SKW_FIELDS },
		      { "srtt ", SKW_FIELDS } };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(skw_field_find(names[i].name, strlen(names[i].name)),
				 names[i].field);
	assert_int_equal(skw_field_find("srttx", 4), SKW_FIELD_SRTT_US);
	/* Each name and each alias must find its own field, and no other text may find a field. */
	for (int i = 0; i < SKW_FIELDS; i++) {
		char words[64], *at;

		assert_int_equal(skw_field_find(skw_fields[i].name, strlen(skw_fields[i].name)), i);
		snprintf(words, sizeof(words), "%s",
			 skw_fields[i].aliases ? skw_fields[i].aliases : "");
		for (char *w = strtok_r(words, " ", &at); w; w = strtok_r(NULL, " ", &at))
			assert_int_equal(skw_field_find(w, strlen(w)), i);
	}
}

static void what_is_unknown_is_not_zero(void **state)
{
	/* The fields that are known in every row, even if the row comes from a single event. */
	static const bool always[SKW_FIELDS] = {
		[SKW_FIELD_PROTO] = true,      [SKW_FIELD_FAMILY] = true,
		[SKW_FIELD_LOCAL_ADDR] = true, [SKW_FIELD_LOCAL_PORT] = true,
		[SKW_FIELD_STATE] = true,
	};
	struct skw_row row = conn_row_unknown();

	(void)state;
	for (int i = 0; i < SKW_FIELDS; i++)
		assert_int_equal(value_of(&row, (enum skw_field)i).known, always[i]);
}

static void values_are_the_row_s(void **state)
{
	struct skw_row row = conn_row_full();

	(void)state;
	for (int i = 0; i < SKW_FIELDS; i++)
		assert_int_equal(value_of(&row, (enum skw_field)i).known,
				 !skw_fields[i].udp && i < SKW_FIELD_APP);
	assert_int_equal(value_of(&row, SKW_FIELD_SRTT_US).number, 41200);
	assert_int_equal(value_of(&row, SKW_FIELD_BYTES_ACKED).number, 1900000000);
	assert_int_equal(value_of(&row, SKW_FIELD_LOCAL_PORT).number, 5432);
	assert_int_equal(value_of(&row, SKW_FIELD_REMOTE_PORT).number, 51532);
	assert_int_equal(value_of(&row, SKW_FIELD_AGE_US).number, 7980000000);
	assert_int_equal(value_of(&row, SKW_FIELD_PID).number, 4121);
	assert_string_equal(value_of(&row, SKW_FIELD_COMM).text, "postgres");
	assert_string_equal(value_of(&row, SKW_FIELD_STATE).text, "CLOSED");
	assert_string_equal(value_of(&row, SKW_FIELD_DIRECTION).text, "in");
	assert_string_equal(value_of(&row, SKW_FIELD_OWNER_SOURCE).text, "holder");
	assert_string_equal(value_of(&row, SKW_FIELD_TIMER).text, "keepalive");
	assert_string_equal(value_of(&row, SKW_FIELD_CLOSE_REASON).text, "reset_by_peer");
	assert_int_equal(value_of(&row, SKW_FIELD_APP_LIMITED).number, 1);
	row.flags = 0;
	assert_true(value_of(&row, SKW_FIELD_APP_LIMITED).known);
	assert_int_equal(value_of(&row, SKW_FIELD_APP_LIMITED).number, 0);
	row.tuple.proto = IPPROTO_UDP;
	assert_false(value_of(&row, SKW_FIELD_APP_LIMITED).known);
	/* The figures are older than the opening of the connection. */
	row.opened_ns = row.ts_ns + 5000;
	assert_int_equal(value_of(&row, SKW_FIELD_AGE_US).number, 0);
	row.state = SKW_STATE_LISTEN;
	assert_false(value_of(&row, SKW_FIELD_REMOTE_ADDR).known);
	assert_false(value_of(&row, SKW_FIELD_REMOTE_PORT).known);
	/* A listener that is closed has no other end either. */
	row.state = SKW_STATE_CLOSED;
	row.tuple.proto = IPPROTO_TCP;
	assert_true(value_of(&row, SKW_FIELD_REMOTE_ADDR).known);
	row.tuple.remote_port = 0;
	assert_false(value_of(&row, SKW_FIELD_REMOTE_ADDR).known);
	assert_false(value_of(&row, SKW_FIELD_REMOTE_PORT).known);
}

static void states_events_and_reasons_have_names(void **state)
{
	(void)state;
	assert_string_equal(skw_row_state_name(SKW_STATE_FIN_WAIT1), "FIN_WAIT1");
	assert_string_equal(skw_row_state_name(SKW_STATE_UNCONN), "UNCONN");
	assert_string_equal(skw_row_state_name(0), "?");
	assert_string_equal(skw_row_state_name(SKW_STATES), "?");
	for (unsigned i = SKW_STATE_ESTABLISHED; i < SKW_STATES; i++)
		assert_string_not_equal(skw_row_state_name((uint8_t)i), "?");
	assert_string_equal(skw_row_event_name(SKW_EVENT_CONNECT), "connect");
	assert_string_equal(skw_row_event_name(SKW_EVENT_LISTEN), "listen");
	assert_string_equal(skw_row_event_name(SKW_EVENT_CREATOR), "?");
	for (unsigned i = 0; i < SKW_EVENT_CREATOR; i++)
		assert_string_not_equal(skw_row_event_name((uint8_t)i), "?");
	assert_null(skw_row_close_reason_name(SKW_CLOSE_UNKNOWN));
	assert_null(skw_row_close_reason_name(SKW_CLOSE_REASONS));
	for (unsigned i = SKW_CLOSE_FIN; i < SKW_CLOSE_REASONS; i++)
		assert_non_null(skw_row_close_reason_name((uint8_t)i));
}

static void addresses_as_text(void **state)
{
	static const char *const v6[] = { "::", "::1", "2001:db8::1", "fe80::1:2", "::fffe:1:2" };
	char text[INET6_ADDRSTRLEN];
	uint8_t addr[16] = { 10, 0, 203, 7 };

	(void)state;
	skw_address_text(AF_INET, addr, text);
	assert_string_equal(text, "10.0.203.7");
	memset(addr, 255, 4);
	skw_address_text(AF_INET, addr, text);
	assert_string_equal(text, "255.255.255.255");
	for (size_t i = 0; i < sizeof(v6) / sizeof(v6[0]); i++) {
		assert_int_equal(inet_pton(AF_INET6, v6[i], addr), 1);
		skw_address_text(AF_INET6, addr, text);
		assert_string_equal(text, v6[i]);
	}
	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", addr), 1);
	skw_address_text(AF_INET6, addr, text);
	assert_string_equal(text, "192.0.2.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_whole),
		cmocka_unit_test(names_and_aliases_are_found_and_unique),
		cmocka_unit_test(what_is_unknown_is_not_zero),
		cmocka_unit_test(values_are_the_row_s),
		cmocka_unit_test(states_events_and_reasons_have_names),
		cmocka_unit_test(addresses_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
