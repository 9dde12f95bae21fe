// SPDX-License-Identifier: BSD-2-Clause
/* The settings that top remembers, in a configuration folder made for the test. */
#include "ui/settings/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "ui/draw/columns.h"

struct folder {
	char name[64], file[128];
};

static int set_up(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	strcpy(f->name, "/tmp/skw-settings-XXXXXX");
	if (!mkdtemp(f->name))
		return -1;
	setenv("XDG_CONFIG_HOME", f->name, 1);
	snprintf(f->file, sizeof(f->file), "%s/skwatch/top", f->name);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *f = *state;
	char path[160];

	unlink(f->file);
	snprintf(path, sizeof(path), "%s/skwatch", f->name);
	rmdir(path);
	/* The folder is empty now. */
	int left = rmdir(f->name);

	free(f);
	return left;
}

static void put(const struct folder *f, const char *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/skwatch", f->name);
	mkdir(path, 0700);
	file = fopen(f->file, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void get(const struct folder *f, char *out, size_t size)
{
	FILE *file = fopen(f->file, "r");

	assert_non_null(file);
	out[fread(out, 1, size - 1, file)] = '\0';
	fclose(file);
}

static void no_file_is_no_error(void **state)
{
	struct skw_settings s, before;
	unsigned skipped = 9;

	(void)state;
	skw_settings_default(&s);
	before = s;
	assert_int_equal(skw_settings_load(&s, &skipped), 0);
	assert_int_equal(skipped, 0);
	assert_memory_equal(&s, &before, sizeof(s));
}

static void what_was_saved_comes_back(void **state)
{
	struct skw_settings s, again;
	unsigned skipped;

	(void)state;
	skw_settings_default(&s);
	s.sort = SKW_FIELD_RTO_COUNT;
	s.ascending = true;
	s.group = SKW_GROUP_CGROUP;
	s.listeners = s.datagrams = s.messages = s.names = true;
	s.columns[0] = SKW_COLUMN_REMOTE;
	s.columns[1] = SKW_COLUMN_CWND;
	s.columns_len = 2;
	strcpy(s.filter, "srtt > 1ms");
	assert_int_equal(skw_settings_save(&s), 0);
	skw_settings_default(&again);
	assert_int_equal(skw_settings_load(&again, &skipped), 0);
	assert_int_equal(skipped, 0);
	assert_int_equal(again.sort, SKW_FIELD_RTO_COUNT);
	assert_true(again.ascending && again.listeners && again.datagrams && again.messages &&
		    again.names);
	assert_int_equal(again.group, SKW_GROUP_CGROUP);
	assert_int_equal(again.columns_len, 2);
	assert_memory_equal(again.columns, s.columns, 2);
	assert_string_equal(again.filter, "");
}

static void bad_lines_are_skipped_and_counted(void **state)
{
	struct skw_settings s;
	unsigned skipped;

	skw_settings_default(&s);
	put(*state, "# mine\n\nsort = nonsense\n  listeners=yes  \norder = sideways\nrubbish\n"
		    "columns = pid remote pid\ngroup = remote\r\nfuture = 7\n");
	assert_int_equal(skw_settings_load(&s, &skipped), 0);
	assert_int_equal(skipped, 4);
	assert_int_equal(s.sort, SKW_FIELD_SRTT_US);
	assert_true(s.listeners);
	assert_false(s.ascending);
	assert_int_equal(s.columns_len, 0);
	assert_int_equal(s.group, SKW_GROUP_REMOTE);
}

static void saving_leaves_what_others_wrote(void **state)
{
	struct skw_settings s;
	char text[1024];

	skw_settings_default(&s);
	put(*state, "# mine\nfuture = 7\nsort = rto\nsort = rto\n");
	assert_int_equal(skw_settings_save(&s), 0);
	get(*state, text, sizeof(text));
	assert_string_equal(text, "# mine\nfuture = 7\nsort = srtt_us\norder = descending\n"
				  "group = none\nlisteners = no\ndatagrams = no\nmessages = "
				  "no\nnames = no\ncolumns = \n");
	assert_int_equal(skw_settings_save(&s), 0);
	get(*state, text, sizeof(text));
	assert_non_null(strstr(text, "# mine\nfuture = 7\nsort = srtt_us\n"));
}

static void no_home_no_settings(void **state)
{
	struct skw_settings s;
	unsigned skipped;

	(void)state;
	skw_settings_default(&s);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	assert_int_equal(skw_settings_load(&s, &skipped), 0);
	assert_true(skw_settings_save(&s) < 0);
}

static void only_what_changed_on_the_screen_is_kept(void **state)
{
	struct skw_settings stored, before, after;

	(void)state;
	skw_settings_default(&stored);
	stored.sort = SKW_FIELD_AGE_US;
	/* The options of this run. */
	before = stored;
	before.sort = SKW_FIELD_RX_BPS;
	before.group = SKW_GROUP_PROCESS;
	before.listeners = before.datagrams = before.messages = before.names = true;
	after = before;
	assert_false(skw_settings_differ(&before, &after));
	skw_settings_merge(&stored, &before, &after);
	assert_int_equal(stored.sort, SKW_FIELD_AGE_US);
	assert_int_equal(stored.group, SKW_GROUP_NONE);
	assert_false(stored.listeners || stored.datagrams || stored.messages || stored.names);

	after.group = SKW_GROUP_REMOTE;
	after.columns[0] = SKW_COLUMN_OWNER;
	after.columns_len = 1;
	assert_true(skw_settings_differ(&before, &after));
	skw_settings_merge(&stored, &before, &after);
	assert_int_equal(stored.group, SKW_GROUP_REMOTE);
	assert_int_equal(stored.columns_len, 1);
	assert_int_equal(stored.columns[0], SKW_COLUMN_OWNER);
	assert_int_equal(stored.sort, SKW_FIELD_AGE_US);
	assert_false(stored.listeners || stored.datagrams || stored.messages || stored.names);

	/* The sort field and its order are a single choice. */
	after = before;
	after.ascending = !before.ascending;
	assert_true(skw_settings_differ(&before, &after));
	skw_settings_merge(&stored, &before, &after);
	assert_int_equal(stored.sort, SKW_FIELD_RX_BPS);
	assert_int_equal(stored.ascending, after.ascending);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_file_is_no_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_saved_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bad_lines_are_skipped_and_counted, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(saving_leaves_what_others_wrote, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_home_no_settings, set_up, tear_down),
		cmocka_unit_test(only_what_changed_on_the_screen_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
