// SPDX-License-Identifier: BSD-2-Clause
#include "util/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void numbers(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_true(skw_units_parse_uint("0", &n));
	assert_int_equal(n, 0);
	assert_true(skw_units_parse_uint("18446744073709551615", &n));
	assert_true(n == UINT64_MAX);
	n = 7;
	for (const char **bad = (const char *[]){ "", "-1", "+1", " 1", "1 ", "0x10", "1k",
						  "18446744073709551616", NULL };
	     *bad; bad++)
		assert_false(skw_units_parse_uint(*bad, &n));
	assert_int_equal(n, 7);
}

static void ports(void **state)
{
	uint16_t port = 7;

	(void)state;
	for (const char **bad = (const char *[]){ "", "-1", "65536", "80 ", "http", NULL }; *bad;
	     bad++)
		assert_false(skw_units_parse_port(*bad, &port));
	assert_int_equal(port, 7);
	assert_true(skw_units_parse_port("0", &port));
	assert_int_equal(port, 0);
	assert_true(skw_units_parse_port("65535", &port));
	assert_int_equal(port, 65535);
}

static void sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t plain, bytes;
	} good[] = { { "1", 1000000, 1000000 }, { "4k", 1, 4096 },        { "4K", 1, 4096 },
		     { "64M", 1, 64 << 20 },    { "2g", 1024, 2u << 30 }, { "5", 1, 5 } };
	uint64_t n = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(skw_units_parse_size(good[i].text, good[i].plain, &n));
		assert_int_equal(n, good[i].bytes);
	}
	n = 7;
	for (const char **bad = (const char *[]){ "", "k", "1T", "1kk", "1 k", "-1k", "1.5M",
						  "18446744073709551615k", NULL };
	     *bad; bad++)
		assert_false(skw_units_parse_size(*bad, 1, &n));
	assert_int_equal(n, 7);
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = { { "10", 10000000000 },   { "10s", 10000000000 },    { "1.5s", 1500000000 },
		     { "500ms", 500000000 },  { "250us", 250000 },       { "2m", 120000000000 },
		     { "1h", 3600000000000 }, { "2d", 172800000000000 }, { ".5", 500000000 } };
	uint64_t n = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(skw_units_parse_duration(good[i].text, &n));
		assert_int_equal(n, good[i].ns);
	}
	n = 7;
	for (const char **bad = (const char *[]){ "", "s", "1w", "1s2", "-1s", ".", "1..5",
						  "99999999999999999999h", "9999999999999h", NULL };
	     *bad; bad++)
		assert_false(skw_units_parse_duration(*bad, &n));
	assert_int_equal(n, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(numbers), cmocka_unit_test(ports),
					    cmocka_unit_test(sizes), cmocka_unit_test(durations) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
