// SPDX-License-Identifier: BSD-2-Clause
#include "journal/journal_text.h"

#include <errno.h>
#include <string.h>

#define NS_PER_S 1000000000ULL

/* "2026-11-21T09:54:06.821053523Z" */
#define TIME_LEN   30
#define YEAR_MAX   2554
#define LENGTH_LEN 8

static void skip(struct skw_journal_text *left, size_t n)
{
	left->at += n;
	left->len -= n;
}

/* A value with its length before it, in little endian. */
static int take_binary(struct skw_journal_text *left, struct skw_journal_text *value)
{
	uint64_t len = 0;

	if (left->len < LENGTH_LEN)
		return -EBADMSG;
	for (unsigned i = 0; i < LENGTH_LEN; i++)
		len |= (uint64_t)(uint8_t)left->at[i] << 8 * i;
	skip(left, LENGTH_LEN);
	if (left->len <= len || left->at[len] != '\n')
		return -EBADMSG;
	*value = (struct skw_journal_text){ left->at, (size_t)len };
	skip(left, (size_t)len + 1);
	return 1;
}

int skw_journal_text_next(struct skw_journal_text *left, struct skw_journal_text *name,
			  struct skw_journal_text *value)
{
	/* An empty line ends the entry, and so does the padding of the block. */
	if (!left->len || left->at[0] == '\n' || left->at[0] == '\0')
		return 0;
	const char *end = memchr(left->at, '\n', left->len);

	if (!end)
		return -EBADMSG;
	size_t line = (size_t)(end - left->at);
	const char *equals = memchr(left->at, '=', line);
	*name = (struct skw_journal_text){ left->at, equals ? (size_t)(equals - left->at) : line };
	if (!equals) {
		skip(left, line + 1);
		return take_binary(left, value);
	}
	*value = (struct skw_journal_text){ equals + 1, line - name->len - 1 };
	skip(left, line + 1);
	return 1;
}

bool skw_journal_text_is(const struct skw_journal_text *text, const char *word)
{
	return strlen(word) == text->len && !memcmp(text->at, word, text->len);
}

bool skw_journal_text_is_name(const struct skw_journal_text *text, const char *word)
{
	for (size_t i = 0; i < text->len; i++) {
		char c = word[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (!c || c != text->at[i])
			return false;
	}
	return !word[text->len];
}

bool skw_journal_text_number(const struct skw_journal_text *text, uint64_t max, uint64_t *out)
{
	uint64_t number = 0;

	for (size_t i = 0; i < text->len; i++) {
		unsigned digit = (unsigned)(text->at[i] - '0');

		if (digit > 9 || number > (max - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (!text->len)
		return false;
	*out = number;
	return true;
}

/* The number of `n` digits at a place of the text. */
static bool digits(const struct skw_journal_text *text, size_t at, size_t n, uint64_t *out)
{
	const struct skw_journal_text part = { text->at + at, n };

	return skw_journal_text_number(&part, UINT64_MAX, out);
}

/* The days from 1970 to a date of the Gregorian calendar, whose year is 1970 or later. */
static uint64_t days_to(uint64_t year, uint64_t month, uint64_t day)
{
	/* A year that begins in March has its leap day at its end. */
	uint64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

bool skw_journal_text_time(const struct skw_journal_text *text, uint64_t *out)
{
	static const char form[] = "    -  -  T  :  :  .         Z";
	uint64_t year, month, day, hour, minute, second, ns;

	if (text->len != TIME_LEN)
		return false;
	for (size_t i = 0; i < TIME_LEN; i++)
		if (form[i] != ' ' && form[i] != text->at[i])
			return false;
	if (!digits(text, 0, 4, &year) || !digits(text, 5, 2, &month) ||
	    !digits(text, 8, 2, &day) || !digits(text, 11, 2, &hour) ||
	    !digits(text, 14, 2, &minute) || !digits(text, 17, 2, &second) ||
	    !digits(text, 20, 9, &ns))
		return false;
	if (year < 1970 || year >= YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31 ||
	    hour > 23 || minute > 59 || second > 60)
		return false;
	second += (days_to(year, month, day) * 24 + hour) * 3600 + minute * 60;
	*out = second * NS_PER_S + ns;
	return true;
}

bool skw_journal_text_copy(const struct skw_journal_text *text, char *out, size_t size)
{
	if (text->len >= size || memchr(text->at, '\0', text->len))
		return false;
	memcpy(out, text->at, text->len);
	out[text->len] = '\0';
	return true;
}
