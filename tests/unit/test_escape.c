// SPDX-License-Identifier: BSD-2-Clause
/* Text that strangers choose, on its way to a terminal. */
#include "util/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "util/cleanup.h"

static void text_becomes(const char *text, const char *want)
{
	char out[256];

	assert_ptr_equal(skw_escape(text, out, sizeof(out)), out);
	assert_string_equal(out, want);
}

static void plain_text_stays(void **state)
{
	(void)state;
	text_becomes("", "");
	text_becomes("eth0", "eth0");
	text_becomes("a\\b \"c\"", "a\\b \"c\"");
	text_becomes("donn\xc3\xa9"
		     "es \xe2\x82\xac \xf0\x9f\x90\x9f",
		     "donn\xc3\xa9"
		     "es \xe2\x82\xac \xf0\x9f\x90\x9f");
}

static void characters_that_a_terminal_obeys_are_escaped(void **state)
{
	(void)state;
	text_becomes("\033[31mx", "\\x1b[31mx");
	text_becomes("a\nb\tc\177", "a\\x0ab\\x09c\\x7f");
	/* CSI as one character, in UTF-8 and alone. */
	text_becomes("\xc2\x9b"
		     "2J",
		     "\\xc2\\x9b2J");
	text_becomes("\x9b"
		     "2J",
		     "\\x9b2J");
}

static void characters_that_hide_or_turn_text_are_escaped(void **state)
{
	(void)state;
	text_becomes("\xe2\x80\xae"
		     "gnp.exe",
		     "\\xe2\\x80\\xaegnp.exe");
	text_becomes("a\xe2\x80\x8b"
		     "b",
		     "a\\xe2\\x80\\x8bb");
	text_becomes("\xef\xbb\xbf", "\\xef\\xbb\\xbf");
}

static void bytes_that_are_not_utf8_are_escaped(void **state)
{
	(void)state;
	text_becomes("\xff", "\\xff");
	text_becomes("\xc3", "\\xc3");
	text_becomes("\xe2\x82", "\\xe2\\x82");
	text_becomes("\xc0\xaf", "\\xc0\\xaf");          /* overlong */
	text_becomes("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* a surrogate */
	text_becomes("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	text_becomes("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80");
}

static void a_copy_is_cut_between_characters(void **state)
{
	char out[8];

	(void)state;
	assert_string_equal(skw_escape("abcdefgh", out, 8), "abcdefg");
	assert_string_equal(skw_escape("abcd\033", out, 8), "abcd");
	assert_string_equal(skw_escape("abc\033", out, 8), "abc\\x1b");
	assert_string_equal(skw_escape("abcde\xe2\x82\xac", out, 8), "abcde");
	assert_string_equal(skw_escape("x", out, 1), "");
	for (int byte = 1; byte < 256; byte++) {
		const char text[] = { (char)byte, (char)byte, 0 };
		char all[SKW_ESCAPED_BYTES(2)];

		skw_escape(text, all, sizeof(all));
		assert_true(strlen(all) == 2 || strlen(all) == 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(characters_that_a_terminal_obeys_are_escaped),
		cmocka_unit_test(characters_that_hide_or_turn_text_are_escaped),
		cmocka_unit_test(bytes_that_are_not_utf8_are_escaped),
		cmocka_unit_test(a_copy_is_cut_between_characters),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
