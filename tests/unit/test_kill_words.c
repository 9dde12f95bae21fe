// SPDX-License-Identifier: BSD-2-Clause
#include "act/kill_words.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void signals_have_names_and_numbers(void **state)
{
	static const struct {
		const char *text;
		int signo;
	} list[] = {
		{ "TERM", SIGTERM },
		{ "SIGTERM", SIGTERM },
		{ "sigterm", SIGTERM },
		{ "15", SIGTERM },
		{ "usr1", SIGUSR1 },
		{ "KILL", SIGKILL },
		{ "34", 34 },
		{ "0", 0 },
		{ "-1", 0 },
		{ "", 0 },
		{ "SIG", 0 },
		{ "15x", 0 },
		{ "99999999999999", 0 },
		{ "TERMINATE", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		int signo = -1;
		bool known = skw_kill_words_parse_signal(list[i].text, &signo);

		if (known != (list[i].signo != 0) || (known && signo != list[i].signo))
			fail_msg("%s: %d %d", list[i].text, known, signo);
	}
}

static void signals_are_named(void **state)
{
	char name[SKW_KILL_WORDS_SIGNAL];

	(void)state;
	assert_string_equal(skw_kill_words_signal(SIGTERM, name), "SIGTERM");
	assert_string_equal(skw_kill_words_signal(40, name), "signal 40");
}

static void errors_have_a_reason(void **state)
{
	(void)state;
	assert_string_equal(skw_kill_words_why(-ENOENT), "it has gone");
	assert_string_equal(skw_kill_words_why(-EIO), strerror(EIO));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_have_names_and_numbers),
		cmocka_unit_test(signals_are_named),
		cmocka_unit_test(errors_have_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
