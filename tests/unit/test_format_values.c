// SPDX-License-Identifier: BSD-2-Clause
/* Numbers, times and addresses are the same text as the C library makes. */
#include "format/text/time.h"

#include <inttypes.h>
#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "row/address.h"
#include "slow_values.h"
#include "util/decimal.h"

#define VALUES 20000

static void check_number(uint64_t v)
{
	char fast[SKW_DECIMAL_MAX + 1], slow[SKW_DECIMAL_MAX + 1];

	*skw_decimal_put(fast, v) = '\0';
	snprintf(slow, sizeof(slow), "%" PRIu64, v);
	assert_string_equal(fast, slow);
}

static void numbers_are_decimal(void **state)
{
	uint64_t power = 1;

	(void)state;
	for (uint64_t v = 0; v < 100000; v++)
		check_number(v);
	for (int i = 0; i < SKW_DECIMAL_MAX; i++, power *= 10) {
		check_number(power - 1);
		check_number(power);
		check_number(power + 1);
	}
	check_number(UINT64_MAX);
	for (int i = 0; i < VALUES; i++)
		check_number(any() >> below(64));
}

static void check_time(uint64_t real_ns)
{
	char fast[SKW_RFC3339_SIZE];

	skw_format_rfc3339(fast, real_ns);
	assert_string_equal(fast, time_text(real_ns));
}

static void every_day_of_the_range_has_its_date(void **state)
{
	const uint64_t day = 86400ULL * 1000000000;

	(void)state;
	for (uint64_t ns = 0; ns <= UINT64_MAX - day; ns += day) {
		check_time(ns);
		check_time(ns + day - 1);
	}
	check_time(UINT64_MAX);
	for (int i = 0; i < VALUES; i++)
		check_time(any());
}

static void addresses_are_written_as_inet_ntop_does(void **state)
{
	(void)state;
	for (int i = 0; i < 10 * VALUES; i++) {
		uint8_t addr[16], family = below(4) ? AF_INET6 : AF_INET;
		char fast[INET6_ADDRSTRLEN], slow[INET6_ADDRSTRLEN];

		any_address(addr, family);
		skw_address_text(family, addr, fast);
		address_text(slow, family, addr, NULL);
		assert_string_equal(fast, slow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_decimal),
		cmocka_unit_test(every_day_of_the_range_has_its_date),
		cmocka_unit_test(addresses_are_written_as_inet_ntop_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
