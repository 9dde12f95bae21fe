// SPDX-License-Identifier: BSD-2-Clause
/* The report of skwatch check: what its lines mean for the commands, and its two forms. */
#include "format/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "util/report.h"

static struct skw_check check;

static int begin(void **state)
{
	(void)state;
	check = (struct skw_check){ .version = "1.2.3",
				    .build = "compiler 12",
				    .kernel = "Linux 6.1",
				    .machine = "x86_64",
				    .cpus = 2,
				    .memory_bytes = 3 << 20 };
	return 0;
}

static void add(const char *name, enum skw_check_state state, unsigned commands, bool vital,
		bool extra)
{
	const struct skw_check_line line = { .section = "section",
					     .name = name,
					     .state = state,
					     .commands = commands,
					     .vital = vital,
					     .extra = extra };

	skw_report_add(&check, &line, "%s", "");
}

static void a_command_without_faults_is_ok(void **state)
{
	(void)state;
	add("part", SKW_CHECK_OK, SKW_CHECK_ALL, true, false);
	assert_int_equal(skw_check_command(&check, SKW_CHECK_CAPTURE), SKW_CHECK_OK);
	assert_true(skw_check_is_full(&check));
}

static void a_vital_part_that_is_missing_stops_its_commands_only(void **state)
{
	(void)state;
	add("part", SKW_CHECK_MISSING, SKW_CHECK_WATCH, true, false);
	assert_int_equal(skw_check_command(&check, SKW_CHECK_CAPTURE), SKW_CHECK_OK);
	assert_int_equal(skw_check_command(&check, SKW_CHECK_TOP), SKW_CHECK_MISSING);
	assert_int_equal(skw_check_command(&check, SKW_CHECK_EVENTS), SKW_CHECK_MISSING);
	assert_false(skw_check_is_full(&check));
}

static void another_part_that_is_missing_limits_its_commands(void **state)
{
	(void)state;
	add("part", SKW_CHECK_MISSING, SKW_CHECK_TOP, false, false);
	assert_int_equal(skw_check_command(&check, SKW_CHECK_TOP), SKW_CHECK_LIMITED);
	assert_false(skw_check_is_full(&check));
}

static void a_part_that_is_extra_takes_nothing_from_a_command(void **state)
{
	(void)state;
	add("part", SKW_CHECK_MISSING, SKW_CHECK_ALL, false, true);
	assert_true(skw_check_is_full(&check));
}

static void the_worst_line_decides(void **state)
{
	(void)state;
	add("part", SKW_CHECK_UNKNOWN, SKW_CHECK_TOP, false, false);
	assert_int_equal(skw_check_command(&check, SKW_CHECK_TOP), SKW_CHECK_UNKNOWN);
	add("part", SKW_CHECK_LIMITED, SKW_CHECK_TOP, false, false);
	assert_int_equal(skw_check_command(&check, SKW_CHECK_TOP), SKW_CHECK_LIMITED);
	add("part", SKW_CHECK_UNKNOWN, SKW_CHECK_TOP, true, false);
	assert_int_equal(skw_check_command(&check, SKW_CHECK_TOP), SKW_CHECK_UNKNOWN);
	add("part", SKW_CHECK_MISSING, SKW_CHECK_TOP, true, false);
	assert_int_equal(skw_check_command(&check, SKW_CHECK_TOP), SKW_CHECK_MISSING);
}

static void a_full_report_leaves_further_lines_out(void **state)
{
	(void)state;
	for (int i = 0; i < SKW_CHECK_LINES_MAX + 3; i++)
		add("part", SKW_CHECK_OK, SKW_CHECK_ALL, true, false);
	assert_int_equal(check.len, SKW_CHECK_LINES_MAX);
}

static void add_two_with_the_same_help(void)
{
	const struct skw_check_line line = { .section = "kernel",
					     .name = "rings",
					     .state = SKW_CHECK_MISSING,
					     .commands = SKW_CHECK_CAPTURE | SKW_CHECK_EVENTS,
					     .vital = true,
					     .help = "do this" };

	skw_report_add(&check, &line,
		       "no \x1b[1m%s and a reason that is so long that it takes a second line",
		       "rings");
	skw_report_add(&check, &line, "%s", "");
}

static void text_is_wrapped_and_has_no_control_characters(void **state)
{
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	add_two_with_the_same_help();
	skw_check_text(&out, &check);
	skw_buf_add_char(&out, '\0');
	assert_string_equal(
		(const char *)out.data,
		"skwatch 1.2.3\n"
		"kernel: Linux 6.1\n"
		"machine: x86_64, 2 CPUs, 3 MiB of memory\n"
		"build: compiler 12\n"
		"\n"
		"kernel\n"
		"  missing  rings                                capture events\n"
		"           no ?[1mrings and a reason that is so long that it takes a second line\n"
		"           -> do this\n"
		"  missing  rings                                capture events\n"
		"\n"
		"commands\n"
		"  missing  capture\n"
		"  ok       top\n"
		"  missing  events\n");
	skw_buf_free(&out);
}

static void unknown_memory_is_not_printed(void **state)
{
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	check.memory_bytes = UINT64_MAX;
	skw_check_text(&out, &check);
	skw_check_json(&out, &check);
	skw_buf_add_char(&out, '\0');
	assert_non_null(strstr((const char *)out.data, "machine: x86_64, 2 CPUs\n"));
	assert_non_null(strstr((const char *)out.data, "\"memory_bytes\":null"));
	skw_buf_free(&out);
}

static void json_is_one_object(void **state)
{
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	add_two_with_the_same_help();
	check.len = 1;
	skw_check_json(&out, &check);
	skw_buf_add_char(&out, '\0');
	assert_false(out.failed);
	/* The case of a \u escape depends on the version of the library. */
	assert_int_equal(
		strcasecmp(
			(const char *)out.data,
			"{\"version\":\"1.2.3\",\"build\":\"compiler 12\",\"kernel\":\"Linux 6.1\","
			"\"machine\":\"x86_64\",\"cpus\":2,\"memory_bytes\":3145728,\"full\":false,"
			"\"commands\":{\"capture\":\"missing\",\"top\":\"ok\",\"events\":"
			"\"missing\"},"
			"\"checks\":[{\"section\":\"kernel\",\"name\":\"rings\",\"state\":"
			"\"missing\","
			"\"why\":\"no \\u001b[1mrings and a reason that is so long that it takes a "
			"second "
			"line\",\"help\":\"do this\",\"commands\":[\"capture\",\"events\"]}]}\n"),
		0);
	skw_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_command_without_faults_is_ok, begin),
		cmocka_unit_test_setup(a_vital_part_that_is_missing_stops_its_commands_only, begin),
		cmocka_unit_test_setup(another_part_that_is_missing_limits_its_commands, begin),
		cmocka_unit_test_setup(a_part_that_is_extra_takes_nothing_from_a_command, begin),
		cmocka_unit_test_setup(the_worst_line_decides, begin),
		cmocka_unit_test_setup(a_full_report_leaves_further_lines_out, begin),
		cmocka_unit_test_setup(text_is_wrapped_and_has_no_control_characters, begin),
		cmocka_unit_test_setup(unknown_memory_is_not_printed, begin),
		cmocka_unit_test_setup(json_is_one_object, begin),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
