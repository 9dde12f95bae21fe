// SPDX-License-Identifier: BSD-2-Clause
/* Finding users by name. Tests that need privileges are in tests/live/privilege_drop.c. */
#include "keeper/privileges.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void users_are_found_by_name_and_number(void **state)
{
	struct skw_identity who = { .uid = 77 };
	struct skw_error err = { 0 };

	(void)state;
	assert_int_equal(skw_identity_lookup("no-such-user-here", &who, &err), -ENOENT);
	assert_true(err.usage);
	assert_string_equal(err.text, "no-such-user-here: no such user");
	assert_int_equal(who.uid, 77);
	err = (struct skw_error){ 0 };
	assert_int_equal(skw_identity_lookup("4294967295", &who, &err), -ENOENT);
	assert_int_equal(skw_identity_lookup("root", &who, &err), 0);
	assert_int_equal(who.uid, 0);
	assert_string_equal(who.name, "root");
	assert_int_equal(skw_identity_lookup("0", &who, &err), 0);
	assert_string_equal(who.name, "root");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_are_found_by_name_and_number),
	};

	return cmocka_run_group_tests_name("privileges by name", tests, NULL, NULL);
}
