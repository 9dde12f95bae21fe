// SPDX-License-Identifier: BSD-2-Clause
#include "format/text/units.h"

#include <stdio.h>
#include <string.h>

#include "model/row.h"
#include "util/cleanup.h"
#include "util/decimal.h"

#define US_PER_MS  1000ULL
#define US_PER_S   1000000ULL
#define US_PER_MIN (60 * US_PER_S)
#define US_PER_H   (60 * US_PER_MIN)
#define US_PER_DAY (24 * US_PER_H)

static int put(char *out, const char *text)
{
	size_t len = strlen(text);

	memcpy(out, text, len + 1);
	return (int)len;
}

/* Rounds to the nearest integer. The usual sum could overflow. */
static uint64_t divide(uint64_t v, uint64_t by)
{
	return v / by + (v % by >= by - by / 2);
}

/*
 * Writes v in a unit that is a multiple of ten. It tries one decimal, then none, or if the number
 * is less than one, a decimal without a digit in front of the point. Returns the length of the
 * first form that fits, or -1 if none fits or the number would be 1000 or more.
 */
static int put_scaled(char *out, int width, uint64_t v, uint64_t unit, const char *suffix)
{
	uint64_t tenths = divide(v, unit / 10), whole = divide(v, unit);
	char text[48], *p = text;

	if (tenths < 10000) {
		p = skw_decimal_put(p, tenths / 10);
		*p++ = '.';
		p = skw_decimal_put(p, tenths % 10);
		p += put(p, suffix);
		if (p - text <= width)
			return put(out, text);
	}
	p = text;
	if (tenths < 10) {
		*p++ = '.';
		p = skw_decimal_put(p, tenths);
	} else if (whole < 1000) {
		p = skw_decimal_put(p, whole);
	} else {
		return -1;
	}
	p += put(p, suffix);
	return p - text <= width ? put(out, text) : -1;
}

/* For numbers of less than four digits: any width is enough for them. */
static int put_small(char *out, uint64_t v, const char *suffix)
{
	char *p = skw_decimal_put(out, v);

	return (int)(p - out) + put(p, suffix);
}

int skw_format_number(char *out, int width, uint64_t v)
{
	static const char *const suffixes[] = { "k", "M", "G", "T", "P", "E" };
	uint64_t unit = 1000;
	int n = -1;

	if (v == SKW_NONE64)
		return put(out, "--");
	if (v < 1000)
		return put_small(out, v, "");
	for (size_t i = 0; n < 0 && i < SKW_ARRAY_SIZE(suffixes); i++, unit *= 1000)
		n = put_scaled(out, width, v, unit, suffixes[i]);
	return n;
}

int skw_format_us(char *out, int width, uint64_t us)
{
	int n;

	if (us == SKW_NONE64)
		return put(out, "--");
	if (us < 100)
		return put_small(out, us, "us");
	n = put_scaled(out, width, us, US_PER_MS, "ms");
	if (n < 0 && us < US_PER_MIN)
		n = put_scaled(out, width, us, US_PER_S, "s");
	return n < 0 ? skw_format_age(out, width, us) : n;
}

int skw_format_age(char *out, int width, uint64_t us)
{
	static const struct {
		uint64_t below, unit, rest;
		const char *suffix, *rest_suffix;
	} steps[] = {
		{ US_PER_MIN, US_PER_S, 0, "s", "" },
		{ US_PER_H, US_PER_MIN, US_PER_S, "m", "s" },
		{ US_PER_DAY, US_PER_H, US_PER_MIN, "h", "m" },
		{ 1000 * US_PER_DAY, US_PER_DAY, US_PER_H, "d", "h" },
		{ 365000 * US_PER_DAY, 365 * US_PER_DAY, 0, "y", "" },
	};
	char text[64];

	if (us == SKW_NONE64)
		return put(out, "--");
	if (us < US_PER_S)
		return put_scaled(out, width, us, US_PER_S, "s");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(steps); i++) {
		if (us >= steps[i].below)
			continue;
		unsigned whole = (unsigned)(us / steps[i].unit);
		unsigned rest = steps[i].rest ? (unsigned)(us % steps[i].unit / steps[i].rest) : 0;
		if (rest && snprintf(text, sizeof(text), "%u%s%u%s", whole, steps[i].suffix, rest,
				     steps[i].rest_suffix) <= width)
			return put(out, text);
		return snprintf(out, (size_t)width + 1, "%u%s", whole, steps[i].suffix);
	}
	return put(out, "999y");
}
