// SPDX-License-Identifier: BSD-2-Clause
/* Patterns against those of the C library, and patterns that are made to be slow. */
#include "expr/expr_regex.h"

#include <errno.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct skw_expr_regex *compile(const char *pattern)
{
	struct skw_expr_regex *r = NULL;
	const char *why = NULL;

	if (skw_expr_regex_compile(pattern, &r, &why))
		fail_msg("%s: %s", pattern, why);
	return r;
}

static bool matches(const char *pattern, const char *text)
{
	struct skw_expr_regex *r = compile(pattern);
	bool answer = skw_expr_regex_matches(r, text);

	skw_expr_regex_free(r);
	return answer;
}

static void each_form_matches(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} list[] = {
		{ "", "", true },
		{ "", "x", true },
		{ "^$", "", true },
		{ "^$", "x", false },
		{ "b", "abc", true },
		{ "^b", "abc", false },
		{ "c$", "abc", true },
		{ "a.c", "abc", true },
		{ "a.c", "ac", false },
		{ "^a.c$",
		  "a\xc3\xa9"
		  "c",
		  true }, /* one character of two bytes */
		{ "^a.c$",
		  "a\xff"
		  "c",
		  true }, /* a byte that is none */
		{ "^[^x]$", "\xe2\x82\xac", true },
		{ "[\xc3\xa0-\xc3\xb6]", "\xc3\xa9", true },
		{ "ab*c", "ac", true },
		{ "ab+c", "ac", false },
		{ "ab?c", "abbc", false },
		{ "^(ab|c)*$", "abcab", true },
		{ "^(ab|c)*$", "abcb", false },
		{ "^a{2}$", "aa", true },
		{ "^a{2}$", "aaa", false },
		{ "^a{2,}$", "aaaa", true },
		{ "^a{2,3}$", "aaaa", false },
		{ "^a{0,2}$", "", true },
		{ "^a{0}b$", "b", true },
		{ "^(a|b){2,4}$", "abab", true },
		{ "^(a|b){2,4}$", "ababa", false },
		{ "^(a*)*$", "aaa", true },
		{ "^(a*)+$", "b", false },
		{ "^(|a)+b$", "aab", true },
		{ "()", "", true },
		{ "a||b", "", true },
		{ "[]a]", "]", true },
		{ "[^]a]", "]", false },
		{ "[a-]", "-", true },
		{ "[[:digit:]]+", "a1", true },
		{ "^[[:alpha:]_]+$", "a_B", true },
		{ "\\.", "a", false },
		{ "\\.", ".", true },
		{ "^\\w+\\s\\d$", "ab_9 7", true },
		{ "^\\W\\S\\D$", "-x\xc3\xa9", true },
		{ "\\(x\\)", "(x)", true },
		{ "a]", "a]", true },
		{ "a}", "a}", true },
	};

	(void)state;
	for (size_t i = 0; i < LEN(list); i++)
		if (matches(list[i].pattern, list[i].text) != list[i].matches)
			fail_msg("'%s' on '%s': not %d", list[i].pattern, list[i].text,
				 list[i].matches);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* Writes a random pattern over a, b and c. */
static size_t pattern(uint32_t *seed, char *out, unsigned depth)
{
	static const char *const atoms[] = { "a", "b", "c", ".", "[ab]", "[^a]", "[a-c]", "\\w" };
	static const char *const signs[] = { "",  "",    "",      "*",     "+",
					     "?", "{2}", "{1,2}", "{0,2}", "{2,}" };
	size_t len = 0;

	for (unsigned n = 1 + next(seed) % 3; n; n--) {
		uint32_t kind = next(seed) % 10;

		if (kind == 0 && depth < 3) {
			out[len++] = '(';
			len += pattern(seed, out + len, depth + 1);
			out[len++] = '|';
			len += pattern(seed, out + len, depth + 1);
			out[len++] = ')';
		} else if (kind == 1 && depth < 3) {
			out[len++] = '(';
			len += pattern(seed, out + len, depth + 1);
			out[len++] = ')';
		} else {
			len += (size_t)sprintf(out + len, "%s", atoms[next(seed) % LEN(atoms)]);
		}
		len += (size_t)sprintf(out + len, "%s", signs[next(seed) % LEN(signs)]);
	}
	return len;
}

static void the_answers_are_those_of_the_c_library(void **state)
{
	uint32_t seed = 1;
	unsigned yes = 0;

	(void)state;
	for (unsigned i = 0; i < 4000; i++) {
		char text[512], full[600], subject[12];
		struct skw_expr_regex *r;
		regex_t reference;

		text[pattern(&seed, text, 0)] = '\0';
		snprintf(full, sizeof(full), "%s%s%s", i % 4 == 1 ? "^(" : "", text,
			 i % 4 == 1 ? ")$" : "");
		assert_int_equal(regcomp(&reference, full, REG_EXTENDED | REG_NOSUB), 0);
		r = compile(full);
		for (unsigned j = 0; j < 20; j++) {
			unsigned len = next(&seed) % sizeof(subject);

			for (unsigned k = 0; k < len; k++)
				subject[k] = (char)('a' + next(&seed) % 4);
			subject[len] = '\0';
			bool want = regexec(&reference, subject, 0, NULL, 0) == 0;

			yes += want;
			if (skw_expr_regex_matches(r, subject) != want)
				fail_msg("'%s' on '%s': not %d", full, subject, want);
		}
		regfree(&reference);
		skw_expr_regex_free(r);
	}
	/* The patterns would prove nothing if all of them matched, or none. */
	assert_in_range(yes, 8000, 79000);
}

/* A matcher that tries all ways one after the other would need longer than the universe is old. */
static void no_pattern_takes_long(void **state)
{
	static const char *const patterns[] = {
		"^(a+)+$",  "^(a*)*$",         "^(a|a)*$",  "^(a|aa)+$",
		"(x+x+)+y", "^(a?){99}a{99}$", "((a*)*)*b", "(a|b)*a(a|b){99}$",
	};
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof(text) - 2);
	strcpy(text + sizeof(text) - 2, "!");
	for (size_t i = 0; i < LEN(patterns); i++)
		assert_false(matches(patterns[i], text));
}

static void what_would_grow_is_refused(void **state)
{
	static const char *const patterns[] = {
		"((a{255}){255}){255}",
		"(((((a{9}){9}){9}){9}){9}){9}",
		"a{255}{255}",
		"(.{0,255}){9}",
		"a{256}",
		"a{2,1}",
		"(a",
		"[a",
		"a\\",
		"\\1",
		"[[:x:]]",
		"\\q",
	};
	char deep[128], wide[2048];
	const char *why;
	struct skw_expr_regex *r = NULL;

	(void)state;
	for (size_t i = 0; i < LEN(patterns); i++) {
		why = NULL;
		assert_int_equal(skw_expr_regex_compile(patterns[i], &r, &why), -EINVAL);
		assert_non_null(why);
	}
	memset(deep, '(', 40);
	memset(deep + 40, ')', 40);
	deep[80] = '\0';
	assert_int_equal(skw_expr_regex_compile(deep, &r, &why), -EINVAL);
	memset(wide, '|', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	assert_int_equal(skw_expr_regex_compile(wide, &r, &why), -EINVAL);
	wide[400] = '\0';
	assert_true(matches(wide, "x"));
	assert_null(r);
}

static void globs_match_the_whole(void **state)
{
	static const struct {
		const char *glob, *text;
		bool matches;
	} list[] = {
		{ "*", "", true },         { "a*b*c", "aXbYbc", true }, { "a*b*c", "aXbYb", false },
		{ "?", "\xc3\xa9", true }, { "?", "", false },          { "[!a]x", "bx", true },
		{ "[!a]x", "ax", false },  { "a\\*", "a*", true },      { "a\\*", "ab", false },
		{ "a.c", "abc", false },   { "(a|b)", "(a|b)", true },
	};

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		struct skw_expr_regex *r = NULL;
		const char *why = NULL;

		assert_int_equal(skw_expr_regex_glob(list[i].glob, &r, &why), 0);
		if (skw_expr_regex_matches(r, list[i].text) != list[i].matches)
			fail_msg("'%s' on '%s': not %d", list[i].glob, list[i].text,
				 list[i].matches);
		skw_expr_regex_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_matches),
		cmocka_unit_test(the_answers_are_those_of_the_c_library),
		cmocka_unit_test(no_pattern_takes_long),
		cmocka_unit_test(what_would_grow_is_refused),
		cmocka_unit_test(globs_match_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
