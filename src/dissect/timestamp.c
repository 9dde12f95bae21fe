// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/timestamp.h"

#include "dissect/text.h"

#define NS_PER_SEC 1000000000u

static void add_fraction(struct skw_buf *out, uint32_t ns, bool nano)
{
	skw_buf_add_char(out, '.');
	if (nano)
		skw_text_uint0(out, ns, 9);
	else
		skw_text_uint0(out, ns / 1000, 6);
}

static void add_clock_time(struct skw_buf *out, uint64_t hours, uint32_t minutes, uint32_t seconds)
{
	skw_text_uint0(out, hours, 2);
	skw_buf_add_char(out, ':');
	skw_text_uint0(out, minutes, 2);
	skw_buf_add_char(out, ':');
	skw_text_uint0(out, seconds, 2);
}

/* localtime_r() is slow and many packets arrive in the same second, so the last result is kept. */
static const struct tm *local_time(struct skw_print_clock *clock, int64_t second)
{
	if (!clock->local_known || clock->local_second != second) {
		time_t t = second;

		clock->local_known = localtime_r(&t, &clock->local) != NULL;
		clock->local_second = second;
	}
	return clock->local_known ? &clock->local : NULL;
}

static void add_local(struct skw_print_clock *clock, bool date, uint64_t ts_ns, struct skw_buf *out)
{
	const struct tm *tm = local_time(clock, (int64_t)(ts_ns / NS_PER_SEC));

	if (!tm) {
		skw_buf_add_str(out, "[date-time error]");
		return;
	}
	if (date) {
		skw_text_uint0(out, (uint64_t)tm->tm_year + 1900, 4);
		skw_buf_add_char(out, '-');
		skw_text_uint0(out, (uint64_t)tm->tm_mon + 1, 2);
		skw_buf_add_char(out, '-');
		skw_text_uint0(out, (uint64_t)tm->tm_mday, 2);
		skw_buf_add_char(out, ' ');
	}
	add_clock_time(out, (uint64_t)tm->tm_hour, (uint32_t)tm->tm_min, (uint32_t)tm->tm_sec);
}

static uint64_t add_difference(uint64_t from_ns, uint64_t to_ns, struct skw_buf *out)
{
	bool negative = to_ns < from_ns;
	uint64_t ns = negative ? from_ns - to_ns : to_ns - from_ns;
	uint64_t second = ns / NS_PER_SEC;

	skw_buf_add_char(out, negative ? '-' : ' ');
	add_clock_time(out, second / 3600, (uint32_t)(second / 60 % 60), (uint32_t)(second % 60));
	return ns;
}

void skw_timestamp_print(struct skw_print_clock *clock, enum skw_print_time form, bool nano,
			 uint64_t ts_ns, struct skw_buf *out)
{
	if (form == SKW_TIME_NONE)
		return;
	if (ts_ns == SKW_PACKET_TIME_UNKNOWN) {
		skw_buf_add_str(out, "[Error converting time] ");
		return;
	}
	/* Differences are computed from the times that are printed, so that they add up. */
	if (!nano)
		ts_ns -= ts_ns % 1000;
	if (!clock->started) {
		clock->started = true;
		clock->first_ns = ts_ns;
		clock->previous_ns = ts_ns;
	}

	uint64_t fraction = ts_ns;

	switch (form) {
	case SKW_TIME_NONE:
		break;
	case SKW_TIME_DEFAULT:
	case SKW_TIME_DATE:
		add_local(clock, form == SKW_TIME_DATE, ts_ns, out);
		break;
	case SKW_TIME_EPOCH:
		skw_buf_add_uint(out, ts_ns / NS_PER_SEC);
		break;
	case SKW_TIME_DELTA:
		fraction = add_difference(clock->previous_ns, ts_ns, out);
		break;
	case SKW_TIME_SINCE_FIRST:
		fraction = add_difference(clock->first_ns, ts_ns, out);
		break;
	}
	clock->previous_ns = ts_ns;
	add_fraction(out, (uint32_t)(fraction % NS_PER_SEC), nano);
	skw_buf_add_char(out, ' ');
}
