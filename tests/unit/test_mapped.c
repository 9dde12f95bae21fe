// SPDX-License-Identifier: BSD-2-Clause
#include "util/mapped.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static bool is_mapped(const char *text)
{
	uint8_t addr[16];

	assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
	return skw_mapped_is(addr);
}

static void only_the_whole_prefix_counts(void **state)
{
	(void)state;
	assert_true(is_mapped("::ffff:192.0.2.1"));
	assert_true(is_mapped("::ffff:0:0"));
	assert_false(is_mapped("::"));
	assert_false(is_mapped("::192.0.2.1"));
	assert_false(is_mapped("::fffe:192.0.2.1"));
	assert_false(is_mapped("::1:ffff:192.0.2.1"));
	assert_false(is_mapped("64:ff9b::192.0.2.1"));
	assert_false(is_mapped("100::ffff:192.0.2.1"));
}

static void one_is_made_of_an_ipv4_address(void **state)
{
	uint8_t ip4[4], want[16], got[16];

	(void)state;
	memset(got, 0xaa, sizeof(got));
	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", ip4), 1);
	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", want), 1);
	skw_mapped_make(got, ip4);
	assert_memory_equal(got, want, sizeof(want));
	assert_memory_equal(got + SKW_MAPPED_AT, ip4, sizeof(ip4));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(only_the_whole_prefix_counts),
					    cmocka_unit_test(one_is_made_of_an_ipv4_address) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
