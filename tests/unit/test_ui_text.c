// SPDX-License-Identifier: BSD-2-Clause
/* Text, sparklines, bars and cursors of the screen: everything that needs no terminal. */
#include "ui/draw/cells.h"
#include "ui/draw/cursor.h"
#include "ui/draw/spark.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void assert_cells(const char *text, bool utf8, int width, const wchar_t *expected, int used)
{
	wchar_t cells[SKW_CELLS_MAX + 1];

	assert_int_equal(skw_cells_make(cells, width, text, utf8), used);
	assert_int_equal(wcscmp(cells, expected), 0);
}

static void control_characters_never_reach_the_terminal(void **state)
{
	(void)state;
	assert_cells("a\033[2Jb\r\n\x7f", true, 80, L"a?[2Jb???", 9);
	assert_cells("a\033[2Jb", false, 80, L"a?[2Jb", 6);
	/* C1 control character: CSI, which some terminals obey. */
	assert_cells("a\xc2\x9b"
		     "2J",
		     true, 80, L"a?2J", 4);
	/* The right-to-left override has no width. */
	assert_cells("\xe2\x80\xae"
		     "x",
		     true, 80, L"?x", 2);
	/* A soft hyphen, and a letter that is a blank two columns wide. */
	assert_cells("\xc2\xad\xe3\x85\xa4"
		     "x",
		     true, 80, L"??x", 3);
	assert_cells("\xff\xfe", true, 80, L"??", 2);
	assert_cells("\xe2\x96", true, 80, L"??", 2);
}

static void text_is_cut_at_a_width(void **state)
{
	(void)state;
	assert_cells("postgres", true, 4, L"post", 4);
	assert_cells("postgres", true, 0, L"", 0);
	assert_cells("日本語", true, 5, L"日本", 4);
	assert_cells("日本語", false, 5, L"???", 3);
	assert_int_equal(skw_cells_width("日本語", true), 6);
}

static void endpoints_keep_their_port(void **state)
{
	char out[128];

	(void)state;
	skw_cells_elide(out, sizeof(out), "10.0.3.7:5432", 13, true);
	assert_string_equal(out, "10.0.3.7:5432");
	skw_cells_elide(out, sizeof(out), "203.0.113.219:40022", 15, true);
	assert_string_equal(out, "203.0…219:40022");
	skw_cells_elide(out, sizeof(out), "203.0.113.219:40022", 15, false);
	assert_string_equal(out, "203.0~219:40022");
	skw_cells_elide(out, sizeof(out), "[2001:db8:85a3::8a2e:370:7334]:443", 20, false);
	assert_int_equal(strlen(out), 20);
	assert_non_null(strstr(out, "]:443"));
	skw_cells_elide(out, sizeof(out), "10.0.3.7:5432", 4, false);
	assert_string_equal(out, ":543");
}

static void sparklines_have_levels_and_blanks(void **state)
{
	static const double values[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
	static const double gaps[] = { NAN, 5, NAN, 5 };
	static const double none[] = { 0, 0 };
	char out[16 * SKW_SPARK_BYTES + 1];

	(void)state;
	skw_spark_line(out, values, 9, 0, 8, false);
	assert_string_equal(out, ".:-=+*#%@");
	skw_spark_line(out, values, 8, 0, 7, true);
	assert_string_equal(out, "▁▂▃▄▅▆▇█");
	skw_spark_line(out, gaps, 4, 0, 5, true);
	assert_string_equal(out, " █ █");
	skw_spark_line(out, none, 2, 0, skw_spark_top(none, 2), true);
	assert_string_equal(out, "▁▁");
	assert_true(skw_spark_top(gaps, 4) == 5);
	/* Values above the top or below the base get the highest or lowest level. */
	skw_spark_line(out, values, 9, 4, 5, false);
	assert_string_equal(out, ".....@@@@");
}

static void bars_show_what_is_little(void **state)
{
	char out[16 * SKW_SPARK_BYTES + 1];

	(void)state;
	assert_int_equal(skw_spark_bar(out, 1, 4, true), 4);
	assert_string_equal(out, "████");
	assert_int_equal(skw_spark_bar(out, 0.0001, 4, true), 1);
	assert_string_equal(out, "▏");
	assert_int_equal(skw_spark_bar(out, 0.5625, 4, true), 3);
	assert_string_equal(out, "██▎");
	assert_int_equal(skw_spark_bar(out, 0.0001, 4, false), 1);
	assert_string_equal(out, "#");
	assert_int_equal(skw_spark_bar(out, 0, 4, true), 0);
	assert_string_equal(out, "");
	assert_int_equal(skw_spark_bar(out, NAN, 4, true), 0);
}

static void cursors_stay_in_their_list_and_in_sight(void **state)
{
	struct skw_cursor c = { 0, 0 };

	(void)state;
	skw_cursor_move(&c, SKW_MOTION_UP, 100, 10);
	assert_int_equal(c.at, 0);
	skw_cursor_move(&c, SKW_MOTION_PAGE_DOWN, 100, 10);
	assert_int_equal(c.at, 9);
	assert_int_equal(c.top, 0);
	skw_cursor_move(&c, SKW_MOTION_DOWN, 100, 10);
	assert_int_equal(c.at, 10);
	assert_int_equal(c.top, 1);
	skw_cursor_move(&c, SKW_MOTION_END, 100, 10);
	assert_int_equal(c.at, 99);
	assert_int_equal(c.top, 90);
	skw_cursor_move(&c, SKW_MOTION_DOWN, 100, 10);
	assert_int_equal(c.at, 99);
	/* The list has become shorter. */
	skw_cursor_show(&c, 20, 10);
	assert_int_equal(c.at, 19);
	assert_int_equal(c.top, 10);
	skw_cursor_show(&c, 5, 10);
	assert_int_equal(c.at, 4);
	assert_int_equal(c.top, 0);
	skw_cursor_move(&c, SKW_MOTION_DOWN, 0, 10);
	assert_int_equal(c.at, 0);
}

static void pages_scroll_to_their_last_line(void **state)
{
	size_t top = 0;

	(void)state;
	skw_cursor_scroll(&top, SKW_MOTION_DOWN, 5, 10);
	assert_int_equal(top, 0);
	skw_cursor_scroll(&top, SKW_MOTION_END, 50, 10);
	assert_int_equal(top, 40);
	skw_cursor_scroll(&top, SKW_MOTION_WHEEL_DOWN, 50, 10);
	assert_int_equal(top, 40);
	skw_cursor_scroll(&top, SKW_MOTION_PAGE_UP, 50, 10);
	assert_int_equal(top, 31);
	skw_cursor_scroll(&top, SKW_MOTION_HOME, 50, 10);
	assert_int_equal(top, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_never_reach_the_terminal),
		cmocka_unit_test(text_is_cut_at_a_width),
		cmocka_unit_test(endpoints_keep_their_port),
		cmocka_unit_test(sparklines_have_levels_and_blanks),
		cmocka_unit_test(bars_show_what_is_little),
		cmocka_unit_test(cursors_stay_in_their_list_and_in_sight),
		cmocka_unit_test(pages_scroll_to_their_last_line),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
