// SPDX-License-Identifier: BSD-2-Clause
/* The parts of a report: series that keep extremes, spans of time, quantiles, escaped texts. */
#include "report/sheet_series.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

#include "report/sheet_bins.h"
#include "report/sheet_packed.h"
#include "report/sheet_text.h"
#include "util/cleanup.h"

#define MS 1000000ULL

static void add(struct skw_sheet_series *s, uint32_t max, uint64_t ts_ns, uint64_t v)
{
	const struct skw_sheet_point p = { ts_ns, ts_ns, v, v };

	assert_int_equal(skw_sheet_series_add(s, max, &p), 0);
}

/* ---- series ---- */

static void an_empty_series_has_no_extent(void **state)
{
	struct skw_sheet_series s = { 0 }, copy;
	struct skw_sheet_point all;

	(void)state;
	assert_int_equal(skw_sheet_series_extent(&s, &all), -ENOENT);
	assert_int_equal(skw_sheet_series_copy(&s, 4, &copy), 0);
	assert_int_equal(copy.len, 0);
}

static void extremes_outlive_thinning(void **state)
{
	struct skw_sheet_series s = { 0 }, copy;
	struct skw_sheet_point all;

	(void)state;
	for (uint64_t i = 0; i < 100000; i++)
		add(&s, 64, i * MS, i == 31337 ? 9999999 : i == 77777 ? 1 : 1000 + i % 50);
	assert_true(s.len <= 64);
	assert_int_equal(skw_sheet_series_copy(&s, 7, &copy), 0);
	assert_true(copy.len <= 7);
	assert_int_equal(skw_sheet_series_extent(&copy, &all), 0);
	assert_int_equal(all.lo, 1);
	assert_int_equal(all.hi, 9999999);
	assert_int_equal(all.from_ns, 0);
	assert_int_equal(all.to_ns, 99999 * MS);
	/* Points don't overlap, so the extremes are where they were. */
	for (uint32_t i = 0; i + 1 < copy.len; i++)
		assert_true(copy.points[i].to_ns < copy.points[i + 1].from_ns);
	for (uint32_t i = 0; i < copy.len; i++)
		if (copy.points[i].hi == 9999999)
			assert_in_range(31337 * MS, copy.points[i].from_ns, copy.points[i].to_ns);
	skw_sheet_series_free(&copy);
	skw_sheet_series_free(&s);
}

static void points_far_apart_stay_apart(void **state)
{
	struct skw_sheet_series s = { 0 };

	(void)state;
	/* Three bursts with long pauses between them. */
	for (uint64_t burst = 0; burst < 3; burst++)
		for (uint64_t i = 0; i < 500; i++)
			add(&s, 32, burst * 1000000 * MS + i * MS, i);
	assert_true(s.len <= 32);
	for (uint32_t i = 0; i < s.len; i++)
		assert_true(s.points[i].to_ns - s.points[i].from_ns <= 500 * MS);
	skw_sheet_series_free(&s);
}

static void time_that_goes_back_counts_as_the_last_one(void **state)
{
	struct skw_sheet_series s = { 0 };

	(void)state;
	add(&s, 8, 10 * MS, 1);
	add(&s, 8, 4 * MS, 2);
	assert_int_equal(s.len, 2);
	assert_int_equal(s.points[1].from_ns, 10 * MS);
	skw_sheet_series_free(&s);
}

/* ---- spans ---- */

static uint64_t sum_of(const struct skw_sheet_bins *b)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < b->len; i++)
		sum += skw_sheet_bins_of(b, i)[0];
	return sum;
}

static void spans_become_longer_and_lose_nothing(void **state)
{
	struct skw_sheet_bins b = { .max = 16, .counters = 2, .width_ns = MS };

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		skw_sheet_bins_at(&b, 5000 * MS + i * MS)[0]++;
	assert_int_equal(b.width_ns, 64 * MS);
	assert_true(b.len <= 16);
	assert_int_equal(sum_of(&b), 1000);
	assert_int_equal(skw_sheet_bins_of(&b, 0)[0], 64);
	assert_int_equal(skw_sheet_bins_of(&b, 3)[1], 0);
	skw_sheet_bins_free(&b);
}

static void a_time_before_the_first_span_moves_all(void **state)
{
	struct skw_sheet_bins b = { .max = 16, .counters = 1, .width_ns = MS };

	(void)state;
	skw_sheet_bins_at(&b, 1000 * MS)[0] = 7;
	skw_sheet_bins_at(&b, 997 * MS)[0] = 1;
	assert_int_equal(b.origin_ns, 997 * MS);
	assert_int_equal(skw_sheet_bins_of(&b, 3)[0], 7);
	skw_sheet_bins_at(&b, 100 * MS)[0]++;
	skw_sheet_bins_at(&b, 0)[0]++;
	skw_sheet_bins_at(&b, UINT64_MAX - 1)[0]++;
	assert_true(b.len <= 16);
	assert_int_equal(sum_of(&b), 11);
	skw_sheet_bins_free(&b);
}

static void quantiles_are_near_the_truth(void **state)
{
	uint64_t counts[SKW_SHEET_TIMES] = { 0 };

	(void)state;
	assert_true(skw_sheet_times_quantile(counts, 500) == UINT64_MAX);
	for (uint64_t us = 1; us <= 100000; us++)
		counts[skw_sheet_times_place(us)]++;
	assert_in_range(skw_sheet_times_quantile(counts, 500), 46900, 53200);
	assert_in_range(skw_sheet_times_quantile(counts, 900), 84300, 95700);
	assert_in_range(skw_sheet_times_quantile(counts, 990), 92800, 105300);
	for (uint64_t us = 0; us < 8; us++)
		assert_int_equal(skw_sheet_times_place(us), us);
	assert_int_equal(skw_sheet_times_place(UINT64_MAX), SKW_SHEET_TIMES - 1);
	assert_int_equal(skw_sheet_times_place(SKW_SHEET_TIMES) <
				 skw_sheet_times_place(2 * SKW_SHEET_TIMES),
			 1);
}

/* ---- texts ---- */

static void is_text(struct skw_buf *out, const char *expected)
{
	skw_buf_add_char(out, '\0');
	assert_string_equal((const char *)out->data, expected);
	skw_buf_reset(out);
}

static void names_of_strangers_are_escaped(void **state)
{
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	skw_sheet_text_html(&out, "<b a=\"x\" c='y'>&\x01\xff</b>\xe2\x80\xae");
	is_text(&out,
		"&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;\xef\xbf\xbd\xef\xbf\xbd&lt;/b&gt;"
		"\xef\xbf\xbd");
	skw_sheet_text_json(&out, "</script>\"\\'&\n\xc3\xa9\xf0\x9f\x98\x80\xff\xe2\x80\xa8");
	is_text(&out, "\"\\u003c/script\\u003e\\u0022\\u005c\\u0027\\u0026\\ufffd\\u00e9"
		      "\\ud83d\\ude00\\ufffd\\ufffd\"");
	skw_buf_free(&out);
}

static void base64_is_padded(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },        { "f", "Zg==" },        { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "\xff\xff\xfe", "///+" }
	};
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(pairs); i++) {
		skw_sheet_text_base64(&out, (const uint8_t *)pairs[i][0], strlen(pairs[i][0]));
		is_text(&out, pairs[i][1]);
	}
	skw_buf_free(&out);
}

static void numbers_are_short(void **state)
{
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	skw_sheet_text_count(&out, 1234567);
	is_text(&out, "1,234,567");
	skw_sheet_text_count(&out, 0);
	is_text(&out, "0");
	skw_sheet_text_count(&out, UINT64_MAX);
	is_text(&out, "\xe2\x80\x94");
	skw_sheet_text_bytes(&out, 999);
	is_text(&out, "999 B");
	skw_sheet_text_bytes(&out, 999600);
	is_text(&out, "1.00 MB");
	skw_sheet_text_us(&out, 12345);
	is_text(&out, "12.3 ms");
	skw_sheet_text_us(&out, 599000000);
	is_text(&out, "9 min 59 s");
	skw_sheet_text_ratio(&out, 5, 1000);
	is_text(&out, "0.5 %");
	skw_sheet_text_ratio(&out, 1, 0);
	is_text(&out, "\xe2\x80\x94");
	skw_sheet_text_time(&out, 1700000000123456789ULL, 3, 1);
	is_text(&out, "2023-11-14 22:13:20.123");
	skw_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_series_has_no_extent),
		cmocka_unit_test(extremes_outlive_thinning),
		cmocka_unit_test(points_far_apart_stay_apart),
		cmocka_unit_test(time_that_goes_back_counts_as_the_last_one),
		cmocka_unit_test(spans_become_longer_and_lose_nothing),
		cmocka_unit_test(a_time_before_the_first_span_moves_all),
		cmocka_unit_test(quantiles_are_near_the_truth),
		cmocka_unit_test(names_of_strangers_are_escaped),
		cmocka_unit_test(base64_is_padded),
		cmocka_unit_test(numbers_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
