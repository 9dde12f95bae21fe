// SPDX-License-Identifier: BSD-2-Clause
/* Characters of UTF-8, and those that deceive who reads them. */
#include "util/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static size_t encode(uint32_t c, char out[5])
{
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = len; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[len] | c);
	out[len] = '\0';
	return len;
}

static void every_character_is_decoded(void **state)
{
	char text[5];

	(void)state;
	for (uint32_t c = 1; c < 0x110000; c++) {
		uint32_t got = 0;
		size_t len = encode(c, text);

		/* Surrogates are no characters. */
		if (c >= 0xd800 && c < 0xe000) {
			assert_int_equal(skw_utf8_decode(text, &got), 0);
			continue;
		}
		assert_int_equal(skw_utf8_decode(text, &got), len);
		assert_int_equal(got, c);
	}
}

static void other_bytes_are_none(void **state)
{
	static const char *const texts[] = { "",
					     "\x80",
					     "\xc0\x80",
					     "\xc1\xbf",
					     "\xe0\x9f\xbf",
					     "\xf0\x8f\xbf\xbf",
					     "\xf4\x90\x80\x80",
					     "\xf5\x80\x80\x80",
					     "\xe2\x82",
					     "\xff",
					     "\xc3" };
	uint32_t c = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(skw_utf8_decode(texts[i], &c), 0);
	assert_int_equal(c, 7);
}

static void what_cannot_be_seen_is_hidden(void **state)
{
	static const uint32_t hidden[] = { 0,      '\n',   0x1b,   0x7f,   0x85,    0x9b,   0xad,
					   0x61c,  0x200b, 0x200d, 0x200e, 0x200f,  0x2028, 0x202a,
					   0x202b, 0x202c, 0x202d, 0x202e, 0x2060,  0x2066, 0x2067,
					   0x2068, 0x2069, 0xfeff, 0xfe0f, 0xe0041, 0x3164 };
	static const uint32_t seen[] = { ' ',    '~',    0xa0,   0xe9,   0x200a, 0x2010,
					 0x2026, 0x202f, 0x20ac, 0x4e2d, 0xfffd, 0x1f600 };

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (!skw_utf8_is_hidden(hidden[i]))
			fail_msg("U+%04X is seen", hidden[i]);
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		if (skw_utf8_is_hidden(seen[i]))
			fail_msg("U+%04X is hidden", seen[i]);
}

static void a_replacement_stands_for_each(void **state)
{
	const char *text = "a\xe2\x80\xae\xff\xc3\xa9";
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	while (*text)
		text = skw_utf8_add_visible(&out, text);
	assert_int_equal(out.len, 9);
	assert_memory_equal(out.data, "a\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9", 9);
	skw_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_is_decoded),
		cmocka_unit_test(other_bytes_are_none),
		cmocka_unit_test(what_cannot_be_seen_is_hidden),
		cmocka_unit_test(a_replacement_stands_for_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
