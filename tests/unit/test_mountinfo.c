// SPDX-License-Identifier: BSD-2-Clause
/* Lines in the form in which the kernel writes them into mountinfo. */
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
		struct skw_mountinfo mount;
		char line[128];

		snprintf(line, sizeof(line), "36 35 98:0 / %s rw - ext4 /dev/sda1 rw\n",
			 cases[i].told);
		assert_true(skw_mountinfo_parse(line, &mount));
		assert_string_equal(mount.point, cases[i].path);
	}
}

static void optional_fields_and_missing_options_are_allowed(void **state)
{
	static const struct {
		const char *line, *root, *point, *type, *options;
	} cases[] = {
		{ "29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 master:1 - cgroup2 cgroup2 "
		  "rw,nsdelegate\n",
		  "/", "/sys/fs/cgroup", "cgroup2", "rw,nsdelegate" },
		{ "40 25 0:4 net:[4026532281] /run/netns/a rw - nsfs nsfs rw\n", "net:[4026532281]",
		  "/run/netns/a", "nsfs", "rw" },
		{ "40 25 0:4 /docker/0123 /x rw - cgroup none", "/docker/0123", "/x", "cgroup",
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct skw_mountinfo mount;
		char line[128];

		snprintf(line, sizeof(line), "%s", cases[i].line);
		assert_true(skw_mountinfo_parse(line, &mount));
		assert_string_equal(mount.root, cases[i].root);
		assert_string_equal(mount.point, cases[i].point);
		assert_string_equal(mount.type, cases[i].type);
		assert_string_equal(mount.options, cases[i].options);
	}
}

static void other_lines_are_refused(void **state)
{
	static const char *const lines[] = { "", "\n", "36 35 98:0 / /x rw\n",
					     "36 35 98:0 / - ext4 x", "36 35 98:0 / /x rw - \n" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct skw_mountinfo mount;
		char line[64];

		snprintf(line, sizeof(line), "%s", lines[i]);
		assert_false(skw_mountinfo_parse(line, &mount));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octal_digits_become_bytes),
		cmocka_unit_test(optional_fields_and_missing_options_are_allowed),
		cmocka_unit_test(other_lines_are_refused),
	};

	return cmocka_run_group_tests_name("mountinfo", tests, NULL, NULL);
}
