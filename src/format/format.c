// SPDX-License-Identifier: BSD-2-Clause
#include "format/format.h"

#include <time.h>

#define NS_PER_S 1000000000ULL

static char *put_digits(char *p, unsigned v, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return p + digits;
}

void skw_format_rfc3339(char *out, uint64_t real_ns)
{
	time_t second = (time_t)(real_ns / NS_PER_S);
	struct tm tm = { 0 };

	/* 64 bits of nanoseconds end in the year 2554, so a year has four digits. */
	gmtime_r(&second, &tm);
	out = put_digits(out, (unsigned)tm.tm_year + 1900, 4);
	*out++ = '-';
	out = put_digits(out, (unsigned)tm.tm_mon + 1, 2);
	*out++ = '-';
	out = put_digits(out, (unsigned)tm.tm_mday, 2);
	*out++ = 'T';
	out = put_digits(out, (unsigned)tm.tm_hour, 2);
	*out++ = ':';
	out = put_digits(out, (unsigned)tm.tm_min, 2);
	*out++ = ':';
	out = put_digits(out, (unsigned)tm.tm_sec, 2);
	*out++ = '.';
	out = put_digits(out, (unsigned)(real_ns % NS_PER_S), 9);
	*out++ = 'Z';
	*out = '\0';
}
