// SPDX-License-Identifier: BSD-2-Clause
#include "row/extras.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "row/history.h"
#include "row/row.h"

#define MANY 1000

static struct skw_extras extras;

static int set_up(void **state)
{
	(void)state;
	extras = (struct skw_extras){ 0 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	skw_extras_free(&extras);
	return 0;
}

static struct skw_row row_of(uint8_t proto)
{
	struct skw_row row;

	skw_row_blank(&row);
	skw_row_set_proto(&row, proto);
	return row;
}

/* ---- histories ---- */

/* A history with a code for each second, whether they are the same or not. */
struct whole {
	uint8_t codes[SKW_ROW_HISTORY]; /* the newest last */
};

static void whole_step(struct whole *w, uint8_t code)
{
	memmove(w->codes, w->codes + 1, SKW_ROW_HISTORY - 1);
	w->codes[SKW_ROW_HISTORY - 1] = code;
}

static void whole_add(struct whole *w, uint32_t seconds, uint32_t us)
{
	uint8_t code = skw_history_encode(us), last = w->codes[SKW_ROW_HISTORY - 1];

	if (!seconds)
		w->codes[SKW_ROW_HISTORY - 1] = code;
	for (uint32_t i = 1; i <= seconds && i <= 2 * SKW_ROW_HISTORY; i++)
		whole_step(w, i == seconds || i == 2 * SKW_ROW_HISTORY ? code
			      : last && seconds <= 10                  ? code
								       : 0);
}

static void same(const struct skw_row *row, const struct whole *w)
{
	uint32_t us[SKW_ROW_HISTORY];

	skw_history_read(row, us, SKW_ROW_HISTORY);
	for (size_t i = 0; i < SKW_ROW_HISTORY; i++)
		assert_int_equal(us[i], skw_history_decode(w->codes[i]));
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* Times of rest, of change and of nothing come one after the other. */
static void a_history_is_as_if_it_had_all_codes(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed < 400; seed++) {
		struct skw_row row = row_of(IPPROTO_TCP);
		struct whole whole = { 0 };
		uint32_t any = seed;

		for (unsigned i = 0; i < 400; i++) {
			uint32_t kinds = i / 80 % 3,
				 seconds = next(&any) % 50 ? 1 : next(&any) % 70;
			uint32_t us = kinds == 0 ? 1000 : kinds == 1 ? next(&any) : SKW_NONE32;

			if (next(&any) % 30 == 0)
				us = next(&any) % 2 ? SKW_NONE32 : 1 + next(&any) % 3000;
			if (next(&any) % 20 == 0)
				seconds = 0;
			skw_history_add(&row, &extras, seconds, us);
			whole_add(&whole, seconds, us);
			same(&row, &whole);
		}
		skw_extras_drop(&extras, &row);
	}
	/* All rows came one after the other, so they took the same extra. */
	assert_int_equal(extras.slabs_len, 1);
}

static void history_reads_the_newest_last(void **state)
{
	struct skw_row row = row_of(IPPROTO_TCP);
	uint32_t us[SKW_ROW_HISTORY];

	(void)state;
	for (unsigned i = 0; i < SKW_ROW_HISTORY + 5; i++)
		skw_history_add(&row, &extras, 1, skw_history_decode((uint8_t)(1 + 8 * (i % 30))));
	skw_history_read(&row, us, SKW_ROW_HISTORY);
	assert_int_equal(us[0], skw_history_decode(1 + 8 * 5));
	assert_int_equal(us[SKW_ROW_HISTORY - 1], skw_history_decode(1 + 8 * 4));
	skw_history_read(&row, us, 1);
	assert_int_equal(us[0], skw_history_decode(1 + 8 * 4));
}

static void an_rtt_that_stays_the_same_takes_no_extra(void **state)
{
	struct skw_row row = row_of(IPPROTO_TCP);

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		skw_history_add(&row, &extras, 1, 5000);
	assert_null(row.history);
	skw_history_add(&row, &extras, 1, 9000);
	assert_non_null(row.history);
	/* A minute later all seconds are the same again. */
	for (unsigned i = 0; i < SKW_ROW_HISTORY - 2; i++)
		skw_history_add(&row, &extras, 1, 9000);
	assert_non_null(row.history);
	skw_history_add(&row, &extras, 1, 9000);
	assert_null(row.history);
}

/* ---- counts ---- */

static void without_samples_a_row_takes_no_extra(void **state)
{
	const uint32_t none[SKW_RTT_BUCKETS] = { 0 };
	struct skw_row row = row_of(IPPROTO_TCP);
	uint32_t unknown[SKW_RTT_BUCKETS];

	(void)state;
	memset(unknown, 0xff, sizeof(unknown));
	assert_int_equal(skw_extras_set_hist(&extras, &row, unknown), 0);
	assert_null(row.rtt_hist);
	assert_null(skw_row_hist(&row));
	row.rtt_samples = 0;
	assert_int_equal(skw_extras_set_hist(&extras, &row, none), 0);
	assert_null(row.rtt_hist);
	assert_memory_equal(skw_row_hist(&row), none, sizeof(none));
	assert_int_equal(extras.slabs_len, 0);
}

static void extras_are_used_again(void **state)
{
	struct skw_row rows[MANY];
	uint32_t hist[SKW_RTT_BUCKETS] = { 0 };
	size_t slabs = 0;

	(void)state;
	for (unsigned round = 0; round < 5; round++) {
		for (unsigned i = 0; i < MANY; i++) {
			rows[i] = row_of(IPPROTO_TCP);
			hist[i % SKW_RTT_BUCKETS] = i + 1;
			assert_int_equal(skw_extras_set_hist(&extras, &rows[i], hist), 0);
			assert_int_equal((uintptr_t)rows[i].rtt_hist % 64, 0);
		}
		memset(hist, 0, sizeof(hist));
		for (unsigned i = 0; i < MANY; i++)
			assert_int_equal(skw_row_hist(&rows[i])[i % SKW_RTT_BUCKETS], i + 1);
		for (unsigned i = 0; i < MANY; i++)
			skw_extras_drop(&extras, &rows[i]);
		slabs = slabs ? slabs : extras.slabs_len;
		assert_int_equal(extras.slabs_len, slabs);
	}
}

static void unknown_datagrams_take_no_extra(void **state)
{
	struct skw_row row = row_of(IPPROTO_UDP);
	struct skw_row_datagrams d;

	(void)state;
	memset(&d, 0xff, sizeof(d));
	assert_int_equal(skw_extras_set_datagrams(&extras, &row, &d), 0);
	assert_null(row.datagrams);
	/* A recording tells the totals only. */
	d.packets_in = 7;
	assert_int_equal(skw_extras_set_datagrams(&extras, &row, &d), 0);
	assert_int_equal(row.datagrams->packets_in, 7);
	assert_int_equal(skw_extras_set_datagrams(&extras, &row, NULL), 0);
	assert_null(row.datagrams);
}

static void a_copy_has_extras_of_its_own(void **state)
{
	const uint32_t hist[SKW_RTT_BUCKETS] = { [3] = 5 };
	struct skw_row row = row_of(IPPROTO_TCP), copy;
	struct skw_extras others = { 0 };
	uint32_t a[SKW_ROW_HISTORY], b[SKW_ROW_HISTORY];

	(void)state;
	assert_int_equal(skw_extras_set_hist(&extras, &row, hist), 0);
	skw_history_add(&row, &extras, 1, 1000);
	skw_history_add(&row, &extras, 1, 5000);
	copy = row;
	assert_int_equal(skw_extras_copy(&others, &copy), 0);
	skw_history_read(&row, a, SKW_ROW_HISTORY);
	skw_extras_drop(&extras, &row);
	skw_extras_free(&extras);
	assert_int_equal(skw_row_hist(&copy)[3], 5);
	skw_history_read(&copy, b, SKW_ROW_HISTORY);
	assert_memory_equal(a, b, sizeof(a));
	skw_extras_free(&others);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_history_is_as_if_it_had_all_codes),
		TEST(history_reads_the_newest_last),
		TEST(an_rtt_that_stays_the_same_takes_no_extra),
		TEST(without_samples_a_row_takes_no_extra),
		TEST(extras_are_used_again),
		TEST(unknown_datagrams_take_no_extra),
		TEST(a_copy_has_extras_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
