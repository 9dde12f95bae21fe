// SPDX-License-Identifier: BSD-2-Clause
/* Errors as text: the reason, and the advice that helps. */
#include "util/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#define ENOTSUPP 524 /* include/linux/errno.h */

static void the_first_error_stays(void **state)
{
	struct skw_error err = { 0 };

	(void)state;
	assert_int_equal(skw_error_set(&err, -ENOENT, "a: %s", strerror(ENOENT)), -ENOENT);
	assert_int_equal(skw_error_set(&err, -EMFILE, "b: %s", strerror(EMFILE)), -EMFILE);
	assert_string_equal(err.text, "a: No such file or directory");
	assert_int_equal(skw_error_set(NULL, -EMFILE, "no place for a text"), -EMFILE);
}

static void errors_of_the_kernel_have_names(void **state)
{
	struct skw_error err = { 0 };

	(void)state;
	assert_string_equal(skw_error_why(-ENOENT), strerror(ENOENT));
	assert_non_null(strstr(skw_error_why(-ENOTSUPP), "ENOTSUPP"));
	skw_error_set(&err, -ENOTSUPP, "BPF: %s; what to do", strerror(ENOTSUPP));
	assert_string_equal(err.text,
			    "BPF: this kernel does not support it (ENOTSUPP); what to do");
	for (int code = 4000; code <= 4010; code++)
		assert_null(strstr(skw_error_why(-code), "Unknown"));
}

static void advice_at_the_limit_of_open_files_is_about_that_limit(void **state)
{
	struct skw_error err = { 0 };

	(void)state;
	skw_error_set(&err, -EMFILE, "rings: %s; ask for less with --ring-size", strerror(EMFILE));
	assert_non_null(strstr(err.text, "rings: Too many open files; "));
	assert_non_null(strstr(err.text, "ulimit -n"));
	assert_null(strstr(err.text, "--ring-size"));
	memset(&err, 0, sizeof(err));
	skw_error_set(&err, -ENFILE, "x: %s", strerror(ENFILE));
	assert_non_null(strstr(err.text, "fs.file-max"));
	memset(&err, 0, sizeof(err));
	skw_error_set(&err, -ENOMEM, "rings: %s; ask for less with --ring-size", strerror(ENOMEM));
	assert_non_null(strstr(err.text, "--ring-size"));
}

static void a_long_text_is_cut(void **state)
{
	char name[sizeof(((struct skw_error *)0)->text)];
	/* The text of an unknown number is good until the next call only. */
	const char *why = strerror(ENOTSUPP);
	struct skw_error err = { 0 };

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memcpy(name, why, strlen(why));
	skw_error_set(&err, -ENOTSUPP, "%s", name);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_error_stays),
		cmocka_unit_test(errors_of_the_kernel_have_names),
		cmocka_unit_test(advice_at_the_limit_of_open_files_is_about_that_limit),
		cmocka_unit_test(a_long_text_is_cut),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
