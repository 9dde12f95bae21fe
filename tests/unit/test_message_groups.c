// SPDX-License-Identifier: BSD-2-Clause
/* Quantiles of latencies, and the table of groups of messages. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/format_message_group.h"
#include "message/groups.h"
#include "message/latencies.h"
#include "util/cleanup.h"

/* ---- quantiles ---- */

static int compare(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static void check_quantile(const struct skw_latencies *l, const uint64_t *sorted, size_t n,
			   unsigned percent)
{
	uint64_t exact = sorted[(n * percent + 99) / 100 - 1];
	uint64_t told = skw_latencies_quantile(l, percent);
	uint64_t wrong = told > exact ? told - exact : exact - told;

	if (wrong > exact / 32)
		fail_msg("p%u: %llu instead of %llu", percent, (unsigned long long)told,
			 (unsigned long long)exact);
}

/* A number by chance, the same in each run, with as many bits as a number by chance tells. */
static uint64_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*state >> 16) >> (*state >> 58) % 47;
}

static void quantiles_are_near_exact_ones(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 10, 99, 100, 101, 20000 };
	static uint64_t values[20000];
	uint64_t seed = 7;

	(void)state;
	for (size_t k = 0; k < SKW_ARRAY_SIZE(sizes); k++) {
		SKW_AUTO_FREE struct skw_latencies *l = calloc(1, sizeof(*l));

		assert_non_null(l);
		for (size_t i = 0; i < sizes[k]; i++) {
			values[i] = next(&seed);
			skw_latencies_add(l, values[i]);
		}
		qsort(values, sizes[k], sizeof(values[0]), compare);
		for (unsigned percent = 1; percent <= 100; percent++)
			check_quantile(l, values, sizes[k], percent);
		assert_true(l->max_ns == values[sizes[k] - 1] && l->min_ns == values[0]);
	}
}

static void each_edge_is_in_its_bucket(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < SKW_LATENCIES_BITS; bit++)
		for (int64_t step = -1; step <= 1; step++) {
			struct skw_latencies l = { 0 };
			uint64_t v = (1ULL << bit) + (uint64_t)step;

			skw_latencies_add(&l, v);
			assert_true(skw_latencies_quantile(&l, 50) == v);
			/* Beside a smaller and a larger one, it is as near as is promised. */
			skw_latencies_add(&l, 0);
			skw_latencies_add(&l, UINT64_MAX);
			check_quantile(&l, (const uint64_t[]){ 0, v, UINT64_MAX }, 3, 50);
		}
}

static void ends_are_told(void **state)
{
	struct skw_latencies l = { 0 };

	(void)state;
	assert_true(skw_latencies_quantile(&l, 50) == UINT64_MAX);
	skw_latencies_add(&l, UINT64_MAX);
	skw_latencies_add(&l, UINT64_MAX);
	assert_true(skw_latencies_quantile(&l, 99) == UINT64_MAX);
	assert_true(l.sum_ns == UINT64_MAX);
}

/* ---- groups ---- */

static const struct skw_message_owner nobody, curl = { 7, "curl" };

static struct skw_message message(const char *kind, uint64_t latency_ns)
{
	return (struct skw_message){ .protocol = "http",
				     .kind = kind,
				     .status = "200",
				     .client = &nobody,
				     .server = &nobody,
				     .request_bytes = 10,
				     .answer_bytes = 100,
				     .latency_ns = latency_ns };
}

static void add(struct skw_message_groups *g, struct skw_message m)
{
	assert_int_equal(skw_message_groups_add(g, &m), 0);
}

/* The table as CSV without its head, sorted by `sort`. */
static void expect_table(const struct skw_message_groups *g, const char *sort, const char *lines)
{
	struct skw_format_message_group_order order;
	struct skw_message_group list[8];
	struct skw_buf text = SKW_BUF_INIT;
	size_t len = skw_message_groups_len(g);
	struct skw_error err;

	assert_true(len <= SKW_ARRAY_SIZE(list));
	for (size_t i = 0; i < len; i++)
		skw_message_groups_get(g, i, 2000000000, &list[i]);
	assert_int_equal(skw_format_message_group_order(sort, &order, &err), 0);
	skw_format_message_group_sort(list, len, &order);
	for (size_t i = 0; i < len; i++)
		skw_format_message_group_csv(&text, &list[i]);
	skw_buf_add_char(&text, '\0');
	assert_string_equal((const char *)text.data, lines);
	skw_buf_free(&text);
}

static struct skw_message_groups *groups(size_t max)
{
	static const uint64_t key[2] = { 1, 2 };
	struct skw_message_groups *g;

	assert_int_equal(skw_message_groups_new(key, max, &g), 0);
	return g;
}

static void messages_are_counted_by_kind_and_process(void **state)
{
	struct skw_message_groups *g = groups(10);
	struct skw_message m;

	(void)state;
	add(g, message("GET /", 5000));
	m = message("GET /", 3000);
	m.error = true;
	add(g, m);
	m = message("GET /", SKW_MESSAGE_UNKNOWN);
	m.client = &curl;
	m.outcome = SKW_MESSAGE_UNANSWERED;
	m.answer_bytes = 0;
	add(g, m);
	add(g, message("a,b", 9000));
	expect_table(g, NULL,
		     ",,http,\"a,b\",false,1,0.500,0,0,9,9,9,9,9,10,100\n"
		     ",,http,GET /,false,2,1.000,1,0,8,3,4,4,5,20,200\n"
		     "curl,,http,GET /,false,1,0.500,0,1,0,,,,,10,0\n");
	/* An unknown number is last in either order. */
	expect_table(g, "-max",
		     ",,http,GET /,false,2,1.000,1,0,8,3,4,4,5,20,200\n"
		     ",,http,\"a,b\",false,1,0.500,0,0,9,9,9,9,9,10,100\n"
		     "curl,,http,GET /,false,1,0.500,0,1,0,,,,,10,0\n");
	expect_table(g, "client_comm",
		     ",,http,GET /,false,2,1.000,1,0,8,3,4,4,5,20,200\n"
		     ",,http,\"a,b\",false,1,0.500,0,0,9,9,9,9,9,10,100\n"
		     "curl,,http,GET /,false,1,0.500,0,1,0,,,,,10,0\n");
	skw_message_groups_free(g);
}

static void further_kinds_are_others(void **state)
{
	struct skw_message_groups *g = groups(2);
	struct skw_message m = message("SELECT", 1000);

	(void)state;
	m.protocol = "mysql";
	add(g, message("a", 2000));
	add(g, message("b", 1000));
	for (int i = 0; i < 1000; i++) {
		char kind[16];

		snprintf(kind, sizeof(kind), "kind %d", i);
		add(g, message(kind, 5000000));
	}
	add(g, m);
	add(g, message("a", 2000));
	expect_table(
		g, "time",
		",,http,a,false,2,1.000,0,0,4,2,2,2,2,20,200\n"
		",,http,b,false,1,0.500,0,0,1,1,1,1,1,10,100\n"
		",,http,(other),true,1000,500.000,0,0,5000000,5000,5000,5000,5000,10000,100000\n"
		",,mysql,(other),true,1,0.500,0,0,1,1,1,1,1,10,100\n");
	skw_message_groups_free(g);
}

static void tables_have_three_forms(void **state)
{
	struct skw_message_groups *g = groups(2);
	struct skw_format_message_group_widths widths = { 0 };
	struct skw_buf text = SKW_BUF_INIT;
	struct skw_message_group group;
	struct skw_message m = message("GET /", 1234567);

	(void)state;
	m.client = &curl;
	add(g, m);
	skw_message_groups_get(g, 0, 0, &group);
	skw_format_message_group_measure(&widths, &group);
	skw_format_message_group_text_head(&text, &widths);
	skw_format_message_group_text(&text, &group, &widths);
	skw_format_message_group_json(&text, &group);
	skw_buf_add_char(&text, '\0');
	assert_string_equal(
		(const char *)text.data,
		"CLIENT SERVER PROTO  COUNT RATE/S ERRORS NOANSW   TIME    P50    P90    P99    MAX"
		"    REQ   ANSW KIND\n"
		"curl   -      http       1     --      0      0  1.2ms  1.2ms  1.2ms  1.2ms  1.2ms"
		"     10    100 GET /\n"
		"{\"client_comm\":\"curl\",\"server_comm\":null,\"protocol\":\"http\","
		"\"kind\":\"GET /\",\"other\":false,\"count\":1,\"rate\":null,\"errors\":0,"
		"\"unanswered\":0,\"time_us\":1234,\"p50_us\":1234,\"p90_us\":1234,\"p99_us\":1234,"
		"\"max_us\":1234,\"request_bytes\":10,\"answer_bytes\":100}\n");
	skw_buf_free(&text);
	skw_message_groups_free(g);
}

static void recent_messages_have_a_rate_of_their_own(void **state)
{
	struct skw_message_groups *g = groups(2);
	struct skw_message_group group;

	(void)state;
	for (int i = 0; i < 6; i++)
		add(g, message("GET /", 1000));
	skw_message_groups_recent(g, 0, 2000000000, &group);
	assert_int_equal(group.recent, 6);
	assert_int_equal(group.rate_milli, 3000);
	skw_message_groups_mark(g);
	skw_message_groups_recent(g, 0, 2000000000, &group);
	assert_int_equal(group.recent, 0);
	assert_int_equal(group.rate_milli, 0);
	add(g, message("GET /", 1000));
	skw_message_groups_recent(g, 0, 500000000, &group);
	assert_int_equal(group.count, 7);
	assert_int_equal(group.recent, 1);
	assert_int_equal(group.rate_milli, 2000);
	/* Before the first look there is no time between two. */
	skw_message_groups_recent(g, 0, 0, &group);
	assert_true(group.rate_milli == UINT64_MAX);
	skw_message_groups_free(g);
}

static void expect_match(const struct skw_message_group *g, const char *text, bool matches)
{
	struct skw_expr *expr = NULL;
	struct skw_error err = { 0 };

	if (skw_format_message_group_where(text, NULL, &expr, &err))
		fail_msg("%s: %s", text, err.text);
	if (skw_expr_matches_about(expr, g) != matches)
		fail_msg("%s: %s", text, matches ? "does not match" : "matches");
	skw_expr_free(expr);
}

static void groups_are_found_by_expressions(void **state)
{
	static const char *const yes[] = {
		"kind ~ GET and protocol = http",
		"comm = curl",
		"client = curl",
		"count = 4",
		"errors > 20%",
		"errors = 1",
		"p50 >= 2ms",
		"max < 3ms",
		"rate = 2",
		"request = 40",
		"answer_bytes < 1k",
		"not unanswered > 0",
		"time > 7ms",
		"other = no",
	};
	static const char *const no[] = { "errors > 25%", "p99 > 3ms", "server = curl",
					  "kind = SELECT", "not comm ~ curl" };
	struct skw_message_groups *g = groups(2);
	struct skw_message_group group;
	struct skw_expr *expr = NULL;
	struct skw_error err = { 0 };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct skw_message m = message("GET /", 2000000);

		m.client = &curl;
		m.error = i == 0;
		add(g, m);
	}
	skw_message_groups_get(g, 0, 2000000000, &group);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(yes); i++)
		expect_match(&group, yes[i], true);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(no); i++)
		expect_match(&group, no[i], false);
	assert_int_equal(skw_format_message_group_where("latency > 1ms", NULL, &expr, &err),
			 -EINVAL);
	assert_true(err.usage);
	skw_message_groups_free(g);
}

static void unknown_keys_are_refused(void **state)
{
	struct skw_format_message_group_order order;
	struct skw_error err;

	(void)state;
	assert_int_equal(skw_format_message_group_order("p98", &order, &err), -EINVAL);
	assert_int_equal(skw_format_message_group_order("other", &order, &err), -EINVAL);
	assert_int_equal(skw_format_message_group_order("-", &order, &err), -EINVAL);
	assert_int_equal(skw_format_message_group_order("-p99_us", &order, &err), 0);
	assert_true(order.ascending);
}

static void slow_ones_and_failures_are_told(void **state)
{
	struct skw_message m = message("GET /", 1000);

	(void)state;
	assert_true(skw_message_is_slow(&m, 1000));
	assert_false(skw_message_is_slow(&m, 1001));
	m.error = true;
	assert_true(skw_message_is_slow(&m, 1001));
	m.error = false;
	m.outcome = SKW_MESSAGE_UNANSWERED;
	m.latency_ns = SKW_MESSAGE_UNKNOWN;
	assert_true(skw_message_is_slow(&m, 1001));
	m.outcome = SKW_MESSAGE_ORPHAN;
	assert_false(skw_message_is_slow(&m, 1001));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_near_exact_ones),
		cmocka_unit_test(each_edge_is_in_its_bucket),
		cmocka_unit_test(ends_are_told),
		cmocka_unit_test(messages_are_counted_by_kind_and_process),
		cmocka_unit_test(further_kinds_are_others),
		cmocka_unit_test(tables_have_three_forms),
		cmocka_unit_test(recent_messages_have_a_rate_of_their_own),
		cmocka_unit_test(groups_are_found_by_expressions),
		cmocka_unit_test(unknown_keys_are_refused),
		cmocka_unit_test(slow_ones_and_failures_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
