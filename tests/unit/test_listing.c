// SPDX-License-Identifier: BSD-2-Clause
/* The lines of a batch, for awk and for people. */
#include "format/listing.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "conn_rows.h"
#include "util/cleanup.h"

static const struct skw_format_env env = { 0 };

static size_t words(const char *line)
{
	size_t n = 0;

	for (const char *c = line; *c && *c != '\n'; c++)
		n += *c != ' ' && (c == line || c[-1] == ' ');
	return n;
}

static const char *text(struct skw_buf *buf)
{
	skw_buf_add_char(buf, '\0');
	assert_false(buf->failed);
	return (const char *)buf->data;
}

static void every_line_has_the_same_number_of_words(void **state)
{
	const struct skw_row rows[] = { conn_row_unknown(), conn_row_full() };
	struct skw_buf head = SKW_BUF_INIT;

	(void)state;
	skw_listing_head(&head, false);
	/* The head has no word for the arrow. */
	size_t want = words(text(&head)) + 1;
	for (size_t i = 0; i < 2; i++) {
		struct skw_buf line = SKW_BUF_INIT;

		skw_listing_row(&line, &rows[i], &env);
		assert_int_equal(words(text(&line)), want);
		skw_buf_free(&line);
	}
	skw_buf_free(&head);
}

static void unknown_is_never_a_number(void **state)
{
	const struct skw_row row = conn_row_unknown();
	struct skw_buf line = SKW_BUF_INIT;

	(void)state;
	skw_listing_row(&line, &row, &env);
	assert_null(strpbrk(text(&line), "123456789"));
	assert_non_null(strstr((char *)line.data, " -- "));
	skw_buf_free(&line);
}

static void a_row_tells_owner_ends_and_figures(void **state)
{
	const struct skw_row row = conn_row_full();
	struct skw_buf line = SKW_BUF_INIT;

	(void)state;
	skw_listing_row(&line, &row, &env);
	const char *got = text(&line);
	assert_non_null(strstr(got, "   4121 postgres "));
	assert_non_null(strstr(got, " 10.0.3.7:5432 "));
	assert_non_null(strstr(got, " < 10.0.3.21:51532 "));
	skw_buf_free(&line);
}

static void names_cannot_move_a_cursor_or_add_words(void **state)
{
	SKW_AUTO_FREE
	struct skw_owners *owners = calloc(1, sizeof(*owners) + sizeof(struct skw_owner));
	struct skw_row row = conn_row_full();
	struct skw_buf line = SKW_BUF_INIT, plain = SKW_BUF_INIT;

	(void)state;
	skw_listing_row(&plain, &row, &env);
	assert_non_null(owners);
	owners->len = 1;
	owners->list[0].pid = 7;
	memcpy(owners->list[0].comm, "a b\033[2J\n\x9b", 10);
	row.owners = owners;
	skw_listing_row(&line, &row, &env);
	assert_int_equal(words(text(&line)), words(text(&plain)));
	assert_non_null(strstr((char *)line.data, " a_b?[2J?? "));
	skw_buf_free(&line);
	skw_buf_free(&plain);
}

static void totals_tell_unknown_rates(void **state)
{
	struct skw_totals totals = { .rows = 3, .states = { [SKW_STATE_ESTABLISHED] = 3 } };
	struct skw_watch_status status = { .now_ns = 5, .netns = 2, .events_lost = 12 };
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	totals.rx_bps = totals.tx_bps = totals.rtt_p50_us = totals.rtt_p99_us = NAN;
	totals.rto_per_s = totals.retrans_ratio = NAN;
	skw_listing_totals(&out, &totals, &status);
	const char *got = text(&out);
	assert_non_null(strstr(got, "3 connections"));
	assert_non_null(strstr(got, "12 lost\n"));
	assert_null(strstr(got, "unreadable"));
	assert_non_null(strstr(got, "\nESTABLISHED 3  \n"));
	assert_non_null(strstr(got, "rx --  tx --  RTT p50 --  p99 --  RTO --  retrans --\n"));
	skw_buf_reset(&out);
	status.netns_failed = 3;
	totals.rx_bps = 1210000000;
	totals.retrans_ratio = 0.0002;
	skw_listing_totals(&out, &totals, &status);
	got = text(&out);
	assert_non_null(strstr(got, "2 namespaces  3 unreadable  "));
	assert_non_null(strstr(got, "rx 1.2Gbit/s"));
	assert_non_null(strstr(got, "retrans 0.02%\n"));
	skw_buf_free(&out);
}

static void the_sum_of_a_filter_is_a_line(void **state)
{
	const struct skw_group_row sum = { .connections = 12,
					   .open = 13,
					   .closed = 3,
					   .rx_bps = 1200000,
					   .tx_bps = SKW_NONE64,
					   .bytes_received = 5000,
					   .bytes_acked = 7,
					   .rto_count = 2,
					   .retrans_segs = SKW_NONE64 };
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	skw_listing_sum(&out, &sum);
	assert_string_equal(text(&out), "matching the filter: 12 connections  3 closed  rx "
					"1.2Mbit/s  tx --  received 5.0kB  acked 7B  RTO 2  "
					"retrans --\n");
	skw_buf_free(&out);
}

static void groups_count_closed_connections_apart(void **state)
{
	const struct skw_group_row row = { .name = "nginx", .open = 5, .closed = 7 };
	struct skw_buf head = SKW_BUF_INIT, line = SKW_BUF_INIT;

	(void)state;
	skw_listing_group_head(&head, SKW_GROUP_PROCESS, false);
	skw_listing_group(&line, &row, &env);
	assert_non_null(strstr(text(&head), " CONNS CLOSED "));
	assert_non_null(strstr(text(&line), "      5      7 "));
	assert_int_equal(words((char *)head.data), words((char *)line.data));
	skw_buf_free(&head);
	skw_buf_free(&line);
}

static void names_of_utf8_are_shown_where_they_can_be(void **state)
{
	const struct skw_format_env utf8 = { .utf8 = true };
	/* A euro sign of three bytes, a Chinese character of two columns, right-to-left. */
	const struct skw_group_row row = { .name = "\xe2\x82\xac \xe4\xb8\xad\xe2\x80\xae\xff" };
	struct skw_buf line = SKW_BUF_INIT;

	(void)state;
	skw_listing_group(&line, &row, &env);
	assert_int_equal(strncmp(text(&line), "?_???  ", 7), 0);
	size_t plain = words((char *)line.data), len = line.len;
	skw_buf_reset(&line);
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	skw_listing_group(&line, &row, &utf8);
	assert_int_equal(strncmp(text(&line), "\xe2\x82\xac_\xe4\xb8\xad??  ", 11), 0);
	assert_int_equal(words((char *)line.data), plain);
	/* Seven bytes fit into three columns: the rest of the line is where it was. */
	assert_int_equal(line.len, len + 2 + 1);
	skw_buf_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_has_the_same_number_of_words),
		cmocka_unit_test(unknown_is_never_a_number),
		cmocka_unit_test(a_row_tells_owner_ends_and_figures),
		cmocka_unit_test(names_cannot_move_a_cursor_or_add_words),
		cmocka_unit_test(totals_tell_unknown_rates),
		cmocka_unit_test(the_sum_of_a_filter_is_a_line),
		cmocka_unit_test(groups_count_closed_connections_apart),
		cmocka_unit_test(names_of_utf8_are_shown_where_they_can_be),
	};

	return cmocka_run_group_tests_name("batch lines", tests, NULL, NULL);
}
