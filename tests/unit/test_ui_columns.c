// SPDX-License-Identifier: BSD-2-Clause
/* The choice of the columns that fit on a screen. */
#include "ui/draw/layout.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void lay(struct skw_layout *l, int width)
{
	uint8_t ids[SKW_COLUMN_DEFAULTS];

	for (unsigned i = 0; i < SKW_COLUMN_DEFAULTS; i++)
		ids[i] = (uint8_t)i;
	skw_layout_make(l, skw_columns, ids, SKW_COLUMN_DEFAULTS, NULL, 1, width);
}

static bool has(const struct skw_layout *l, enum skw_column column)
{
	for (size_t i = 0; i < l->len; i++)
		if (l->at[i].column == column)
			return true;
	return false;
}

static void every_column_has_a_name_and_a_field(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SKW_COLUMNS; i++) {
		assert_non_null(skw_columns[i].name);
		assert_non_null(skw_columns[i].title);
		assert_true(skw_columns[i].widths.min > 0);
		assert_true(skw_columns[i].widths.min <= skw_columns[i].widths.want);
		assert_int_equal(skw_column_find(skw_columns[i].name, strlen(skw_columns[i].name)),
				 i);
	}
	assert_int_equal(skw_column_find("nothing", 7), SKW_COLUMNS);
}

/*
 * The width decreases. When a column has been left out, all columns that go before it are out too.
 */
static void columns_drop_out_in_their_order(void **state)
{
	static const enum skw_column order[] = {
		SKW_COLUMN_HISTORY, SKW_COLUMN_MIN_RTT,   SKW_COLUMN_PID,
		SKW_COLUMN_AGE,     SKW_COLUMN_TX,        SKW_COLUMN_RX,
		SKW_COLUMN_LOCAL,   SKW_COLUMN_RTO_COUNT, SKW_COLUMN_RETRANS,
	};

	(void)state;
	for (int width = 200; width >= 39; width--) {
		struct skw_layout l;
		bool seen = false;

		lay(&l, width);
		for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
			assert_false(seen && !has(&l, order[i]));
			seen |= has(&l, order[i]);
		}
		assert_true(has(&l, SKW_COLUMN_OWNER) && has(&l, SKW_COLUMN_REMOTE));
		assert_true(has(&l, SKW_COLUMN_STATE) && has(&l, SKW_COLUMN_SRTT));
	}
}

static void columns_never_overlap_nor_leave_the_screen(void **state)
{
	(void)state;
	for (int width = 39; width <= 300; width++) {
		struct skw_layout l;
		int x = 1;

		lay(&l, width);
		for (size_t i = 0; i < l.len; i++) {
			assert_int_equal(l.at[i].x, x);
			assert_true(l.at[i].width >= skw_columns[l.at[i].column].widths.min);
			x += l.at[i].width + 1;
		}
		assert_int_equal(l.width, x - 2);
		assert_true(l.width <= width);
	}
}

static void eighty_columns_show_who_where_and_how_slow(void **state)
{
	struct skw_layout l;

	(void)state;
	lay(&l, 79);
	assert_false(has(&l, SKW_COLUMN_HISTORY));
	assert_false(has(&l, SKW_COLUMN_MIN_RTT));
	assert_false(has(&l, SKW_COLUMN_PID));
	assert_true(has(&l, SKW_COLUMN_LOCAL));
	assert_true(has(&l, SKW_COLUMN_RX) && has(&l, SKW_COLUMN_TX));
	assert_true(has(&l, SKW_COLUMN_RETRANS) && has(&l, SKW_COLUMN_RTO_COUNT));
	lay(&l, 160);
	assert_int_equal(l.len, SKW_COLUMN_DEFAULTS);
}

static void columns_take_what_they_want_when_there_is_room(void **state)
{
	static const uint8_t ids[] = { SKW_COLUMN_REMOTE, SKW_COLUMN_SRTT };
	static const uint8_t want[] = { 40, 0 };
	struct skw_layout l;

	(void)state;
	skw_layout_make(&l, skw_columns, ids, 2, want, 0, 100);
	assert_int_equal(l.at[0].width, 40);
	assert_int_equal(l.at[1].width, skw_columns[SKW_COLUMN_SRTT].widths.want);
	skw_layout_make(&l, skw_columns, ids, 2, want, 0, 30);
	assert_int_equal(l.at[0].width, 23);
	assert_int_equal(l.at[1].width, skw_columns[SKW_COLUMN_SRTT].widths.min);
}

/* Lays the usual columns out for texts of these widths. */
static void lay_texts(struct skw_layout *l, int owner, int local, int remote, int state, int width)
{
	uint8_t ids[SKW_COLUMN_DEFAULTS], want[SKW_COLUMN_DEFAULTS] = { 0 };

	for (unsigned i = 0; i < SKW_COLUMN_DEFAULTS; i++)
		ids[i] = (uint8_t)i;
	want[SKW_COLUMN_PID] = 4;
	want[SKW_COLUMN_OWNER] = (uint8_t)owner;
	want[SKW_COLUMN_LOCAL] = (uint8_t)local;
	want[SKW_COLUMN_REMOTE] = (uint8_t)remote;
	want[SKW_COLUMN_STATE] = (uint8_t)state;
	want[SKW_COLUMN_HISTORY] = SKW_ROW_HISTORY;
	skw_layout_make(l, skw_columns, ids, SKW_COLUMN_DEFAULTS, want, 1, width);
}

static int width_of(const struct skw_layout *l, enum skw_column column)
{
	for (size_t i = 0; i < l->len; i++)
		if (l->at[i].column == column)
			return l->at[i].width;
	return 0;
}

static void an_address_is_whole_while_a_column_is_blank(void **state)
{
	struct skw_layout l;

	(void)state;
	/* "curl", "10.99.100.1:50110" and "> 10.99.200.1:443" of connections in ESTAB. */
	for (int width = 79; width <= 200; width++) {
		lay_texts(&l, 4, 17, 19, 5, width);
		assert_int_equal(width_of(&l, SKW_COLUMN_LOCAL), 17);
		assert_int_equal(width_of(&l, SKW_COLUMN_REMOTE), 19);
	}
	/* The room of a cgroup beside the owner, and of the course of the RTT, is for addresses. */
	lay_texts(&l, 22, 40, 42, 10, 131);
	assert_true(width_of(&l, SKW_COLUMN_OWNER) < 22);
	assert_int_equal(width_of(&l, SKW_COLUMN_LOCAL), 21);
	assert_true(width_of(&l, SKW_COLUMN_REMOTE) > 30);
	assert_true(width_of(&l, SKW_COLUMN_HISTORY) <= 10);
	lay_texts(&l, 22, 40, 42, 10, 200);
	assert_int_equal(width_of(&l, SKW_COLUMN_LOCAL), 40);
	assert_int_equal(width_of(&l, SKW_COLUMN_REMOTE), 42);
	/* Titles stay. */
	lay_texts(&l, 1, 1, 1, 1, 79);
	assert_int_equal(width_of(&l, SKW_COLUMN_STATE), 5);
	assert_int_equal(width_of(&l, SKW_COLUMN_OWNER), 5);
}

static void unknown_is_never_zero(void **state)
{
	const struct skw_cell_env env = { 0, true };
	struct skw_row row;
	char text[512];

	(void)state;
	memset(&row, 0xff, sizeof(row));
	row.owners = NULL;
	row.remote = NULL;
	row.cgroup = row.congestion = row.netns_name = NULL;
	row.tuple.proto = IPPROTO_TCP;
	row.tuple.family = 2;
	row.state = SKW_STATE_ESTABLISHED;
	row.direction = SKW_CONN_UNKNOWN;
	row.close_reason = SKW_CLOSE_UNKNOWN;
	row.rtt_hist = NULL;
	row.history = NULL;
	row.history_code = row.history_run = 0;
	for (unsigned i = 0; i < SKW_COLUMNS; i++) {
		if (i == SKW_COLUMN_LOCAL || i == SKW_COLUMN_REMOTE || i == SKW_COLUMN_STATE ||
		    i == SKW_COLUMN_PROTO || i == SKW_COLUMN_HISTORY)
			continue;
		skw_column_text((enum skw_column)i, &row, &env, skw_columns[i].widths.min, text,
				sizeof(text));
		/* Most rows have no messages. */
		assert_string_equal(text, skw_columns[i].field >= SKW_FIELD_APP ? "" : "--");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_has_a_name_and_a_field),
		cmocka_unit_test(columns_drop_out_in_their_order),
		cmocka_unit_test(columns_never_overlap_nor_leave_the_screen),
		cmocka_unit_test(eighty_columns_show_who_where_and_how_slow),
		cmocka_unit_test(columns_take_what_they_want_when_there_is_room),
		cmocka_unit_test(an_address_is_whole_while_a_column_is_blank),
		cmocka_unit_test(unknown_is_never_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
