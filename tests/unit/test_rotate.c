// SPDX-License-Identifier: BSD-2-Clause
/* File names: their form in a rotation, and the format that they imply. */
#include "out/rotate.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "out/name.h"
#include "utc.h"

#define WHEN 1700000000 /* 2023-11-14 22:13:20 UTC */

static void check(const struct skw_rotate *r, unsigned count, const char *expected)
{
	char name[PATH_MAX];

	assert_int_equal(skw_rotate_name(r, WHEN, count, name, sizeof(name)), 0);
	assert_string_equal(name, expected);
}

static void by_size_numbers_all_but_the_first(void **state)
{
	const struct skw_rotate r = { .template = "out.pcap", .by_size = true };

	(void)state;
	check(&r, 0, "out.pcap");
	check(&r, 1, "out.pcap1");
	check(&r, 123, "out.pcap123");
	assert_int_equal(skw_rotate_next(&r, 0), 1);
	assert_int_equal(skw_rotate_next(&r, 123), 124);
}

static void a_ring_of_files_has_numbers_of_one_width_and_wraps(void **state)
{
	struct skw_rotate r = { .template = "out.pcap", .by_size = true, .files = 12 };

	(void)state;
	check(&r, 0, "out.pcap00");
	check(&r, 11, "out.pcap11");
	assert_int_equal(skw_rotate_next(&r, 10), 11);
	assert_int_equal(skw_rotate_next(&r, 11), 0);
	r.files = 10;
	check(&r, 3, "out.pcap3");
	r.files = 11;
	check(&r, 3, "out.pcap03");
	r.files = 101;
	check(&r, 3, "out.pcap003");
	r.files = 1;
	check(&r, 0, "out.pcap");
	assert_int_equal(skw_rotate_next(&r, 0), 0);
}

static void by_time_goes_through_strftime(void **state)
{
	struct skw_rotate r = { .template = "%Y-%m-%d_%H%M%S.pcap", .by_time = true };

	(void)state;
	check(&r, 0, "2023-11-14_221320.pcap");
	r.files = 5; /* limits the number of files and does not change their names */
	check(&r, 0, "2023-11-14_221320.pcap");
	r.by_time = false;
	check(&r, 0, "%Y-%m-%d_%H%M%S.pcap");
}

static void by_time_and_size_does_both(void **state)
{
	struct skw_rotate r = { .template = "%H.pcap", .by_time = true, .by_size = true };

	(void)state;
	check(&r, 0, "22.pcap");
	check(&r, 2, "22.pcap2");
	r.files = 20;
	check(&r, 2, "22.pcap02");
}

static void the_number_of_files_ends_a_rotation_by_time_only(void **state)
{
	struct skw_file_plan plan = { .rotate_s = 60, .files_max = 5 };

	(void)state;
	assert_false(skw_rotate_plan_over(&plan, 4));
	assert_true(skw_rotate_plan_over(&plan, 5));
	plan.rotate_bytes = 1;
	assert_false(skw_rotate_plan_over(&plan, 5));
	plan = (struct skw_file_plan){ .rotate_s = 60 };
	assert_false(skw_rotate_plan_over(&plan, 5));
	plan = (struct skw_file_plan){ .rotate_bytes = 1, .files_max = 5 };
	assert_false(skw_rotate_plan_over(&plan, 5));
}

static void the_number_stands_before_a_compression_suffix(void **state)
{
	const struct skw_rotate r = { .template = "out.pcapng.zst", .by_size = true };
	const struct skw_rotate g = { .template = "out.pcap.gz", .by_size = true, .files = 3 };

	(void)state;
	check(&r, 0, "out.pcapng.zst");
	check(&r, 1, "out.pcapng1.zst");
	check(&g, 2, "out.pcap2.gz");
}

static void a_name_that_does_not_fit_is_refused(void **state)
{
	const struct skw_rotate r = { .template = "12345678", .by_size = true };
	const struct skw_rotate g = { .template = "%Y", .by_time = true };
	char name[16] = "untouched";
	char *long_name = malloc(PATH_MAX + 2);

	(void)state;
	assert_int_equal(skw_rotate_name(&r, WHEN, 1, name, 9), -ENAMETOOLONG);
	assert_string_equal(name, "untouched");
	assert_int_equal(skw_rotate_name(&r, WHEN, 1, name, 10), 0);
	assert_int_equal(skw_rotate_name(&g, WHEN, 0, name, 4), -ENAMETOOLONG);

	memset(long_name, 'x', PATH_MAX + 1);
	long_name[PATH_MAX + 1] = '\0';
	const struct skw_rotate l = { .template = long_name, .by_time = true };
	assert_int_equal(skw_rotate_name(&l, WHEN, 0, name, sizeof(name)), -ENAMETOOLONG);
	free(long_name);
}

static void a_template_that_expands_to_nothing_is_an_empty_name(void **state)
{
	const struct skw_rotate r = { .template = "", .by_time = true };

	(void)state;
	check(&r, 0, "");
}

static void the_name_tells_format_and_compression(void **state)
{
	const struct {
		const char *name;
		enum skw_file_format format;
		enum skw_compression compression;
	} cases[] = {
		{ "a.pcap", SKW_FILE_PCAP, SKW_COMPRESSION_NONE },
		{ "a.cap", SKW_FILE_PCAP, SKW_COMPRESSION_NONE },
		{ "-", SKW_FILE_PCAP, SKW_COMPRESSION_NONE },
		{ "", SKW_FILE_PCAP, SKW_COMPRESSION_NONE },
		{ "a", SKW_FILE_PCAP, SKW_COMPRESSION_NONE },
		{ "a.pcapng", SKW_FILE_PCAPNG, SKW_COMPRESSION_NONE },
		{ "a.PcapNG", SKW_FILE_PCAPNG, SKW_COMPRESSION_NONE },
		{ "a.pcapng.old", SKW_FILE_PCAP, SKW_COMPRESSION_NONE },
		{ "a.pcap.zst", SKW_FILE_PCAP, SKW_COMPRESSION_ZSTD },
		{ "a.pcapng.zst", SKW_FILE_PCAPNG, SKW_COMPRESSION_ZSTD },
		{ "a.pcapng.gz", SKW_FILE_PCAPNG, SKW_COMPRESSION_GZIP },
		{ "a.gz", SKW_FILE_PCAP, SKW_COMPRESSION_GZIP },
		{ "gz", SKW_FILE_PCAP, SKW_COMPRESSION_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(skw_out_format_from_name(cases[i].name), cases[i].format);
		assert_int_equal(skw_out_compression_from_name(cases[i].name),
				 cases[i].compression);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_size_numbers_all_but_the_first),
		cmocka_unit_test(a_ring_of_files_has_numbers_of_one_width_and_wraps),
		cmocka_unit_test(by_time_goes_through_strftime),
		cmocka_unit_test(by_time_and_size_does_both),
		cmocka_unit_test(the_number_of_files_ends_a_rotation_by_time_only),
		cmocka_unit_test(the_number_stands_before_a_compression_suffix),
		cmocka_unit_test(a_name_that_does_not_fit_is_refused),
		cmocka_unit_test(a_template_that_expands_to_nothing_is_an_empty_name),
		cmocka_unit_test(the_name_tells_format_and_compression),
	};

	return cmocka_run_group_tests_name("rotate", tests, utc, NULL);
}
