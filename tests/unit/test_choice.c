// SPDX-License-Identifier: BSD-2-Clause
/* Sort keys, groups and filters as users type them. */
#include "view/choice.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void words_change_only_what_they_name(void **state)
{
	struct skw_choice choice = { .view = { .sort = SKW_FIELD_RX_BPS, .listeners = true } };
	struct skw_choice_words words = { 0 };
	struct skw_error err = { 0 };

	(void)state;
	assert_int_equal(skw_choice_take(&choice, &words, &err), 0);
	assert_int_equal(choice.view.sort, SKW_FIELD_RX_BPS);
	assert_true(choice.view.listeners);
	assert_null(choice.view.filter);

	words = (struct skw_choice_words){ .sort = "srtt", .group = "remote", .filter = "pid = 1" };
	assert_int_equal(skw_choice_take(&choice, &words, &err), 0);
	assert_int_equal(choice.view.sort, SKW_FIELD_SRTT_US);
	assert_false(choice.view.ascending);
	assert_int_equal(choice.view.group, SKW_GROUP_REMOTE);
	assert_non_null(choice.view.filter);
	skw_choice_free(&choice);
	assert_null(choice.view.filter);
}

static void a_dash_turns_the_order_round(void **state)
{
	struct skw_choice choice = { 0 };
	const struct skw_choice_words words = { .sort = "-age_us" };
	struct skw_error err = { 0 };

	(void)state;
	assert_int_equal(skw_choice_take(&choice, &words, &err), 0);
	assert_int_equal(choice.view.sort, SKW_FIELD_AGE_US);
	assert_true(choice.view.ascending);
}

static void wrong_words_are_named_as_usage(void **state)
{
	static const struct {
		struct skw_choice_words words;
		const char *told;
	} wrong[] = {
		{ { .sort = "nosuch" }, "-s nosuch: " },
		{ { .sort = "rtt_hist" }, "-s rtt_hist: " },
		{ { .sort = "" }, "-s : " },
		{ { .group = "pids" }, "-g pids: " },
		{ { .filter = "srtt >" }, "-f: column 7: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct skw_choice choice = { 0 };
		struct skw_error err = { 0 };

		assert_int_equal(skw_choice_take(&choice, &wrong[i].words, &err), -EINVAL);
		assert_true(err.usage);
		assert_non_null(strstr(err.text, wrong[i].told));
		skw_choice_free(&choice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_change_only_what_they_name),
		cmocka_unit_test(a_dash_turns_the_order_round),
		cmocka_unit_test(wrong_words_are_named_as_usage),
	};

	return cmocka_run_group_tests_name("choice", tests, NULL, NULL);
}
