// SPDX-License-Identifier: BSD-2-Clause
#include "format/text/time.h"

#include <stdbool.h>

#include "util/decimal.h"

#define NS_PER_S  1000000000ULL
#define S_PER_DAY 86400

/* Days from the first day of year 1 to that of this year. */
static unsigned days_before(unsigned year)
{
	unsigned n = year - 1;

	return 365 * n + n / 4 - n / 100 + n / 400;
}

/* The date of a day since 1970, as gmtime_r() has it, which takes a lock for each call. */
static void date_of(unsigned day, unsigned *year, unsigned *month, unsigned *mday)
{
	static const uint16_t before[2][13] = {
		{ 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 },
		{ 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366 },
	};

	day += days_before(1970);
	/* A year has 146097 / 400 days in the mean, so this is right or off by one. */
	unsigned y = day * 400 / 146097 + 1;
	if (days_before(y) > day)
		y--;
	else if (days_before(y + 1) <= day)
		y++;
	bool leap = days_before(y + 1) - days_before(y) == 366;
	day -= days_before(y);
	/* No month is longer than 31 days, so this is right or one too small. */
	unsigned m = day / 31;
	if (day >= before[leap][m + 1])
		m++;
	*year = y;
	*month = m + 1;
	*mday = day - before[leap][m] + 1;
}

void skw_format_rfc3339(char *out, uint64_t real_ns)
{
	/* 64 bits of nanoseconds end in the year 2554, so a year has four digits. */
	uint64_t s = real_ns / NS_PER_S;
	unsigned second = (unsigned)(s % S_PER_DAY), year, month, mday;

	date_of((unsigned)(s / S_PER_DAY), &year, &month, &mday);
	out = skw_decimal_put_fixed(out, year, 4);
	*out++ = '-';
	out = skw_decimal_put_fixed(out, month, 2);
	*out++ = '-';
	out = skw_decimal_put_fixed(out, mday, 2);
	*out++ = 'T';
	out = skw_decimal_put_fixed(out, second / 3600, 2);
	*out++ = ':';
	out = skw_decimal_put_fixed(out, second / 60 % 60, 2);
	*out++ = ':';
	out = skw_decimal_put_fixed(out, second % 60, 2);
	*out++ = '.';
	out = skw_decimal_put_fixed(out, (unsigned)(real_ns % NS_PER_S), 9);
	*out++ = 'Z';
	*out = '\0';
}
