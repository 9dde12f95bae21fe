// SPDX-License-Identifier: BSD-2-Clause
/* Messages of rows: counts, rates, quantiles, and where the time of a request went. */
#include "row/talks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conn_records.h"
#include "conn_table.h"
#include "row/field.h"
#include "table/table.h"

#define MS 1000000ULL

static struct skw_message message(uint64_t latency_ms)
{
	return (struct skw_message){ .protocol = "http",
				     .kind = "GET /",
				     .status = "200",
				     .request_first_ns = 1000 * MS,
				     .request_last_ns = 1001 * MS,
				     .answer_first_ns = (1000 + latency_ms - 2) * MS,
				     .answer_last_ns = (1000 + latency_ms) * MS,
				     .latency_ns = latency_ms * MS,
				     .first_byte_ns = (latency_ms - 3) * MS,
				     .outcome = SKW_MESSAGE_ANSWERED };
}

static void latencies_have_quantiles(void **state)
{
	struct skw_talks all = { 0 };
	struct skw_row_talk *t = skw_talks_open(&all, 7, 1);
	struct skw_message m = message(10);

	(void)state;
	for (unsigned i = 0; i < 98; i++)
		skw_talks_count(t, &m, false, SKW_NONE32);
	m = message(500);
	skw_talks_count(t, &m, false, SKW_NONE32);
	skw_talks_count(t, &m, false, SKW_NONE32);
	assert_true(t->latency_p99_us == SKW_NONE64);
	skw_talks_tick(&all, 2000 * MS);
	assert_in_range(t->latency_p99_us, 484000, 500000);
	assert_in_range(skw_talks_quantile(t->buckets, t->answered, t->max_us, 50), 9600, 10400);
	assert_int_equal(skw_talks_quantile(t->buckets, 0, 0, 99), SKW_NONE64);
	assert_int_equal(t->requests, 100);
	assert_int_equal(t->req_rate, 50);
	skw_talks_tick(&all, 2000 * MS);
	assert_int_equal(t->req_rate, 0);
	skw_talks_free(&all);
}

static void errors_and_messages_without_answer_count(void **state)
{
	struct skw_talks all = { 0 };
	struct skw_row_talk *t = skw_talks_open(&all, 0, 1);
	struct skw_message m = message(10);
	struct skw_talks_split split;

	(void)state;
	m.error = true;
	skw_talks_count(t, &m, false, SKW_NONE32);
	m = message(10);
	m.outcome = SKW_MESSAGE_ORPHAN;
	skw_talks_count(t, &m, false, SKW_NONE32);
	m.outcome = SKW_MESSAGE_UNANSWERED;
	m.latency_ns = SKW_MESSAGE_UNKNOWN;
	skw_talks_count(t, &m, false, SKW_NONE32);
	assert_int_equal(t->requests, 2);
	assert_int_equal(t->errors, 1);
	assert_int_equal(t->answered, 1);
	assert_int_equal(t->last_len, 2);
	assert_false(skw_talks_split(t, &t->last[1], &split));
	skw_talks_free(&all);
}

static void the_time_of_a_request_is_divided(void **state)
{
	struct skw_talks all = { 0 };
	struct skw_row_talk *t = skw_talks_open(&all, 0, 1);
	struct skw_message m = message(53);
	struct skw_talks_split s;

	(void)state;
	/* The client's end: the round trip is in the time to the first byte. */
	skw_talks_count(t, &m, false, 20000);
	assert_true(skw_talks_split(t, &t->last[0], &s));
	assert_int_equal(s.wait_ns, 53 * MS);
	assert_int_equal(s.server_ns, 30 * MS);
	assert_int_equal(s.network_ns, 20 * MS);
	assert_int_equal(s.transfer_ns, 3 * MS);
	skw_talks_count(t, &m, false, 90000);
	assert_true(skw_talks_split(t, &t->last[1], &s));
	assert_int_equal(s.server_ns, 0);
	assert_int_equal(s.network_ns, 50 * MS);
	/* The server's end: the client waits for that, too. */
	skw_talks_count(t, &m, true, 20000);
	assert_true(skw_talks_split(t, &t->last[2], &s));
	assert_int_equal(s.wait_ns, 73 * MS);
	assert_int_equal(s.server_ns, 50 * MS);
	skw_talks_count(t, &m, true, SKW_NONE32);
	assert_true(skw_talks_split(t, &t->last[3], &s));
	assert_true(s.network_ns == SKW_NONE64);
	assert_int_equal(s.wait_ns, 53 * MS);
	skw_talks_free(&all);
}

static void there_is_a_limit(void **state)
{
	struct skw_talks all = { 0 };

	(void)state;
	for (uint32_t i = 0; i < SKW_TALKS_MAX; i++)
		assert_non_null(skw_talks_open(&all, i, i));
	assert_null(skw_talks_open(&all, SKW_TALKS_MAX, 1));
	assert_int_equal(all.left_out, 1);
	assert_non_null(skw_talks_open(&all, 5, 5));
	skw_talks_drop(&all, 5);
	assert_non_null(skw_talks_open(&all, SKW_TALKS_MAX, 1));
	skw_talks_free(&all);
}

static uint64_t number(const struct skw_table *t, uint64_t cookie, enum skw_field field)
{
	struct skw_value v;

	skw_field_value(skw_table_find(t, cookie), field, &v);
	return v.known ? v.number : SKW_NONE64;
}

static void a_message_goes_to_both_rows_and_to_copies(void **state)
{
	const struct skw_table_options opt = { .packets = true };
	struct skw_conn_rec recs[2] = { make_traffic(1, S, 0, 0), make_traffic(2, S, 0, 0) };
	struct skw_message m = message(10);
	struct skw_table *t, *copy;

	(void)state;
	memcpy(recs[1].local_addr, recs[0].remote_addr, sizeof(recs[0].remote_addr));
	memcpy(recs[1].remote_addr, recs[0].local_addr, sizeof(recs[0].local_addr));
	recs[1].local_port = recs[0].remote_port;
	recs[1].remote_port = recs[0].local_port;
	assert_int_equal(skw_table_new(&opt, &t), 0);
	sweep(t, S, recs, 2);
	m.tuple = skw_table_find(t, 1)->tuple;
	assert_true(number(t, 1, SKW_FIELD_REQUESTS) == SKW_NONE64);
	skw_table_message(t, recs[0].netns, &m, true, true);
	skw_table_message(t, recs[0].netns, &m, true, false);
	assert_int_equal(number(t, 1, SKW_FIELD_REQUESTS), 2);
	assert_int_equal(number(t, 2, SKW_FIELD_REQUESTS), 1);
	assert_true(number(t, 1, SKW_FIELD_REMOTE_HOST) == SKW_NONE64);
	assert_int_equal(skw_table_copy(t, &copy), 0);
	skw_table_message(t, recs[0].netns, &m, true, false);
	assert_int_equal(number(copy, 1, SKW_FIELD_REQUESTS), 2);
	skw_table_free(copy);
	sweep(t, 2 * S, recs, 2);
	assert_int_equal(number(t, 1, SKW_FIELD_REQUESTS), 3);
	assert_int_equal(number(t, 1, SKW_FIELD_REQ_RATE), 3);
	skw_table_forget_messages(t);
	assert_true(number(t, 1, SKW_FIELD_REQUESTS) == SKW_NONE64);
	skw_table_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(latencies_have_quantiles),
		cmocka_unit_test(errors_and_messages_without_answer_count),
		cmocka_unit_test(the_time_of_a_request_is_divided),
		cmocka_unit_test(there_is_a_limit),
		cmocka_unit_test(a_message_goes_to_both_rows_and_to_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
