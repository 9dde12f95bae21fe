// SPDX-License-Identifier: BSD-2-Clause
/* Paths in the form in which the kernel writes them into mountinfo. */
#include "kern/host/mountinfo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void octal_digits_become_bytes(void **state)
{
	static const struct {
		const char *told, *path;
	} cases[] = {
		{ "/run/netns/a\\040b", "/run/netns/a b" },
		{ "\\011\\012\\134x", "\t\n\\x" },
		{ "/plain", "/plain" },
		{ "", "" },
		/*
		 * The kernel does not write these. They stay as they are, and nothing beyond the
		 * end is read.
		 */
		{ "\\0", "\\0" },
		{ "\\04", "\\04" },
		{ "a\\", "a\\" },
		{ "\\x40", "\\x40" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[32];

		snprintf(path, sizeof(path), "%s", cases[i].told);
		skw_mountinfo_unescape(path);
		assert_string_equal(path, cases[i].path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octal_digits_become_bytes),
	};

	return cmocka_run_group_tests_name("mountinfo", tests, NULL, NULL);
}
