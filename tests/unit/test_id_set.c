// SPDX-License-Identifier: BSD-2-Clause
#include "watch/id_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void numbers_are_in_it_until_they_are_removed(void **state)
{
	struct skw_id_set set = { 0 };

	(void)state;
	assert_false(skw_id_set_has(&set, 0));
	skw_id_set_remove(&set, 7);
	/* The order of the numbers leads to insertions at the front, at the end and between. */
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(skw_id_set_add(&set, i * 7919 % 1000), 0);
	assert_int_equal(set.len, 1000);
	assert_int_equal(skw_id_set_add(&set, 500), 0);
	assert_int_equal(set.len, 1000);
	assert_int_equal(skw_id_set_add(&set, UINT64_MAX), 0);
	for (uint64_t i = 0; i < 1000; i++)
		assert_true(skw_id_set_has(&set, i));
	assert_true(skw_id_set_has(&set, UINT64_MAX));
	assert_false(skw_id_set_has(&set, 1000));
	skw_id_set_remove(&set, 0);
	skw_id_set_remove(&set, 500);
	skw_id_set_remove(&set, UINT64_MAX);
	skw_id_set_remove(&set, 500);
	assert_int_equal(set.len, 998);
	assert_false(skw_id_set_has(&set, 0));
	assert_false(skw_id_set_has(&set, 500));
	assert_true(skw_id_set_has(&set, 499));
	assert_true(skw_id_set_has(&set, 501));
	skw_id_set_free(&set);
	assert_false(skw_id_set_has(&set, 499));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_in_it_until_they_are_removed),
	};

	return cmocka_run_group_tests_name("id set", tests, NULL, NULL);
}
