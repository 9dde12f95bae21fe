// SPDX-License-Identifier: BSD-2-Clause
/* Which file of an output may follow, as a worker that was taken over asks for it. */
#include "out/file_list.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "utc.h"

#define NOW    1700000000ULL /* 2023-11-14 22:13:20 UTC */
#define EARLY  2
#define LATE   600
#define COPIES 9999

static const char *const events[] = { "rto", "reset" };

/* Asks for a file at the time now_s, and adds it if it may follow. */
static bool opens(struct skw_file_list *l, uint64_t start_s, uint64_t number, uint64_t now_s)
{
	const struct skw_file_id id = { start_s, number };
	struct skw_file_list_entry entry;
	int ret = skw_file_list_next(l, &id, now_s, &entry);

	if (ret) {
		assert_int_equal(ret, -EINVAL);
		return false;
	}
	assert_int_equal(entry.id.start_s, start_s);
	assert_int_equal(entry.id.number, number);
	assert_int_equal(skw_file_list_add(l, &entry), 0);
	return true;
}

static bool opens_trigger(struct skw_file_list *l, uint64_t start_s, uint32_t what, uint64_t now_s)
{
	const struct skw_file_trigger trigger = {
		.ts_ns = start_s * SKW_NS_PER_S + 5, .comm = { 'x' }, .pid = 4100, .what = what
	};
	struct skw_file_list_entry entry;
	int ret = skw_file_list_next_trigger(l, &trigger, now_s, &entry);

	if (ret) {
		assert_int_equal(ret, -EINVAL);
		return false;
	}
	assert_int_equal(entry.id.start_s, start_s);
	assert_int_equal(entry.id.number, l->opened + 1);
	assert_int_equal(entry.made.number, l->opened + 1);
	assert_int_equal(entry.made.copy, 0);
	assert_memory_equal(&entry.trigger, &trigger, sizeof(trigger));
	assert_int_equal(skw_file_list_add(l, &entry), 0);
	return true;
}

static void one_file_is_opened_once(void **state)
{
	const struct skw_file_plan plan = { .name = "f.pcap" };
	struct skw_file_list l = { .plan = &plan };

	(void)state;
	assert_false(opens(&l, NOW, 1, NOW));
	assert_true(opens(&l, NOW, 0, NOW));
	assert_false(opens(&l, NOW, 0, NOW));
	assert_false(opens(&l, NOW, 1, NOW));
	assert_int_equal(l.opened, 1);
}

static void the_first_file_begins_near_now(void **state)
{
	const struct skw_file_plan plan = { .name = "f.pcap", .rotate_s = 60 };
	struct skw_file_list l = { .plan = &plan };

	(void)state;
	assert_false(opens(&l, NOW + EARLY + 1, 0, NOW));
	assert_false(opens(&l, NOW - 60 - LATE - 1, 0, NOW));
	assert_false(opens(&l, 0, 0, NOW));
	assert_false(opens(&l, UINT64_MAX, 0, NOW));
	assert_true(opens(&l, NOW + EARLY, 0, NOW));
	l.opened = 0;
	assert_true(opens(&l, NOW - 60 - LATE, 0, NOW));
}

static void numbers_of_files_by_size_follow_each_other(void **state)
{
	const struct skw_file_plan plan = { .name = "f.pcap", .rotate_bytes = 1, .files_max = 3 };
	struct skw_file_list l = { .plan = &plan };

	(void)state;
	assert_true(opens(&l, NOW, 0, NOW));
	assert_false(opens(&l, NOW, 0, NOW));
	assert_false(opens(&l, NOW, 2, NOW));
	assert_true(opens(&l, NOW, 1, NOW));
	/* They all have the time of the first. */
	assert_false(opens(&l, NOW + 1, 2, NOW + 1));
	assert_true(opens(&l, NOW, 2, NOW + 9999));
	/* The numbers start again. */
	assert_false(opens(&l, NOW, 3, NOW));
	assert_true(opens(&l, NOW, 0, NOW));
	assert_int_equal(l.opened, 4);
}

static void files_by_time_go_back_only_where_the_clock_did(void **state)
{
	const struct skw_file_plan plan = { .name = "f.pcap", .rotate_s = 60, .files_max = 4 };
	struct skw_file_list l = { .plan = &plan };

	(void)state;
	assert_true(opens(&l, NOW, 0, NOW));
	assert_false(opens(&l, NOW, 0, NOW));
	assert_false(opens(&l, NOW + 60, 1, NOW + 60));
	assert_false(opens(&l, NOW + 60, 0, NOW));
	/* The first packet of the period came late. */
	assert_true(opens(&l, NOW + 60, 0, NOW + 99999));
	assert_false(opens(&l, NOW, 0, NOW + 99999));
	assert_true(opens(&l, NOW - 3600, 0, NOW - 3600));
	assert_true(opens(&l, NOW - 3540, 0, NOW - 3540));
	/* -W */
	assert_false(opens(&l, NOW - 3480, 0, NOW - 3480));
}

static void numbers_start_again_with_each_period(void **state)
{
	const struct skw_file_plan plan = { .name = "f.pcap", .rotate_s = 60, .rotate_bytes = 1 };
	struct skw_file_list l = { .plan = &plan };

	(void)state;
	assert_true(opens(&l, NOW, 0, NOW));
	assert_true(opens(&l, NOW, 1, NOW));
	assert_false(opens(&l, NOW + 60, 2, NOW + 60));
	assert_true(opens(&l, NOW + 60, 0, NOW + 60));
	assert_true(opens(&l, NOW + 60, 1, NOW + 60));
}

static void packets_of_a_file_have_any_time_and_do_not_go_back(void **state)
{
	const struct skw_file_plan plan = { .name = "f.pcap", .rotate_s = 60 };
	struct skw_file_list l = { .plan = &plan };

	(void)state;
	assert_true(opens(&l, 5, 0, SKW_FILE_LIST_ANY_TIME));
	assert_false(opens(&l, 4, 0, SKW_FILE_LIST_ANY_TIME));
	assert_true(opens(&l, UINT64_MAX, 0, SKW_FILE_LIST_ANY_TIME));
}

static void a_trigger_is_one_of_the_list_near_now(void **state)
{
	const struct skw_file_plan plan = { .name = "%{comm}", .triggers_max = 3 };
	struct skw_file_list l = { .plan = &plan, .events = events, .events_len = 2 };

	(void)state;
	assert_false(opens_trigger(&l, NOW, 2, NOW));
	assert_false(opens_trigger(&l, NOW, UINT32_MAX, NOW));
	assert_false(opens_trigger(&l, NOW + EARLY + 1, 0, NOW));
	assert_false(opens_trigger(&l, NOW - LATE - 1, 0, NOW));
	assert_true(opens_trigger(&l, NOW - LATE, 1, NOW));
	assert_true(opens_trigger(&l, NOW + EARLY, 0, NOW));
	assert_true(opens_trigger(&l, 7, 0, SKW_FILE_LIST_ANY_TIME));
	assert_false(opens_trigger(&l, NOW, 0, NOW));
}

static void a_plan_has_files_of_one_kind(void **state)
{
	const struct skw_file_plan plan = { .name = "%{comm}", .triggers_max = 3 };
	const struct skw_file_plan other = { .name = "f.pcap" };
	struct skw_file_list l = { .plan = &plan, .events = events, .events_len = 2 };

	(void)state;
	assert_false(opens(&l, NOW, 0, NOW));
	l.plan = &other;
	assert_false(opens_trigger(&l, NOW, 0, NOW));
}

static void a_taken_name_gets_numbers_up_to_the_last(void **state)
{
	const struct skw_file_plan plan = { .name = "w-%{event}.pcapng", .triggers_max = 3 };
	const struct skw_file_list l = { .plan = &plan, .events = events, .events_len = 2 };
	struct skw_file_list_entry entry = { .trigger.what = 1 };
	uint64_t copies = 1;
	char name[PATH_MAX];

	(void)state;
	assert_int_equal(skw_file_list_name(&l, &entry, name), 0);
	assert_string_equal(name, "w-reset.pcapng");
	while (skw_file_list_next_copy(&entry)) {
		copies++;
		assert_int_equal(entry.made.copy, copies);
	}
	assert_int_equal(copies, COPIES);
	assert_int_equal(skw_file_list_name(&l, &entry, name), 0);
	assert_string_equal(name, "w-reset-9999.pcapng");
}

static void check_folder(const char *name, uint64_t rotate_s, bool expected)
{
	const struct skw_file_plan plan = { .name = name, .rotate_s = rotate_s };
	const struct skw_file_list l = { .plan = &plan };

	assert_int_equal(skw_file_list_has_folder(&l), expected);
}

static void a_folder_with_fields_of_time_is_not_known(void **state)
{
	(void)state;
	check_folder("f.pcap", 0, true);
	check_folder("dir/f-%H.pcap", 60, true);
	check_folder("dir-%H/f.pcap", 60, false);
	check_folder("dir-%H/f.pcap", 0, true);
	check_folder("-", 0, false);
}

static bool has(const struct skw_file_list_command *c, const char *text)
{
	for (size_t i = 0; c->env.list[i]; i++)
		if (strcmp(c->env.list[i], text) == 0)
			return true;
	return false;
}

static void a_command_runs_once_for_each_file(void **state)
{
	const struct skw_file_plan plan = { .name = "f", .rotate_bytes = 1, .command = "gzip" };
	SKW_CLEANUP(skw_file_list_free) struct skw_file_list l = { .plan = &plan };
	struct skw_file_list_command c;

	(void)state;
	assert_true(opens(&l, NOW, 0, NOW));
	assert_true(opens(&l, NOW, 1, NOW));
	assert_int_equal(skw_file_list_take_command(&l, &(struct skw_file_id){ NOW, 2 }, &c),
			 -EINVAL);
	assert_int_equal(skw_file_list_take_command(&l, &(struct skw_file_id){ NOW + 1, 1 }, &c),
			 -EINVAL);
	assert_int_equal(skw_file_list_take_command(&l, &(struct skw_file_id){ NOW, 1 }, &c), 0);
	assert_string_equal(c.argv[0], "gzip");
	assert_string_equal(c.argv[1], "f1");
	assert_null(c.argv[2]);
	assert_null(c.env.list[0]);
	assert_string_equal(c.option, "-z");
	assert_int_equal(skw_file_list_take_command(&l, &(struct skw_file_id){ NOW, 1 }, &c),
			 -EINVAL);
	assert_int_equal(skw_file_list_take_command(&l, &(struct skw_file_id){ NOW, 0 }, &c), 0);
	assert_string_equal(c.argv[1], "f");
	assert_int_equal(l.undone_len, 0);
}

static void a_command_is_told_its_trigger(void **state)
{
	const struct skw_file_plan plan = { .name = "-%{comm}",
					    .triggers_max = 3,
					    .command = "notify",
					    .command_option = "--exec" };
	SKW_CLEANUP(skw_file_list_free)
	struct skw_file_list l = { .plan = &plan, .events = events, .events_len = 2 };
	struct skw_file_list_command c;

	(void)state;
	assert_true(opens_trigger(&l, NOW, 0, NOW));
	assert_true(opens_trigger(&l, NOW, 1, NOW));
	assert_int_equal(skw_file_list_take_command(&l, &(struct skw_file_id){ NOW, 2 }, &c), 0);
	assert_string_equal(c.option, "--exec");
	/* It is no option. */
	assert_string_equal(c.argv[1], "./-x");
	assert_true(has(&c, "SKWATCH_FILE=./-x"));
	assert_true(has(&c, "SKWATCH_EVENT=reset"));
	assert_true(has(&c, "SKWATCH_NUMBER=2"));
}

static void without_a_command_no_file_waits_for_it(void **state)
{
	const struct skw_file_plan plan = { .name = "f", .rotate_bytes = 1 };
	struct skw_file_list l = { .plan = &plan };
	struct skw_file_list_command c;

	(void)state;
	assert_true(opens(&l, NOW, 0, NOW));
	assert_int_equal(skw_file_list_take_command(&l, &(struct skw_file_id){ NOW, 0 }, &c),
			 -EINVAL);
	assert_null(l.undone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_file_is_opened_once),
		cmocka_unit_test(the_first_file_begins_near_now),
		cmocka_unit_test(numbers_of_files_by_size_follow_each_other),
		cmocka_unit_test(files_by_time_go_back_only_where_the_clock_did),
		cmocka_unit_test(numbers_start_again_with_each_period),
		cmocka_unit_test(packets_of_a_file_have_any_time_and_do_not_go_back),
		cmocka_unit_test(a_trigger_is_one_of_the_list_near_now),
		cmocka_unit_test(a_plan_has_files_of_one_kind),
		cmocka_unit_test(a_taken_name_gets_numbers_up_to_the_last),
		cmocka_unit_test(a_folder_with_fields_of_time_is_not_known),
		cmocka_unit_test(a_command_runs_once_for_each_file),
		cmocka_unit_test(a_command_is_told_its_trigger),
		cmocka_unit_test(without_a_command_no_file_waits_for_it),
	};

	return cmocka_run_group_tests_name("file_list", tests, utc, NULL);
}
