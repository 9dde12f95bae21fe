/* SPDX-License-Identifier: BSD-2-Clause */
/* The time stamp at the start of a line. */
#ifndef SKW_DISSECT_TIMESTAMP_H
#define SKW_DISSECT_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "dissect/printer.h"

/* The values that later time stamps need. All are zero at the start. */
struct skw_print_clock {
	bool started;
	uint64_t first_ns;
	uint64_t previous_ns;
	bool local_known; /* `local` is local_second as local time */
	int64_t local_second;
	struct tm local;
};

/*
 * Appends the time stamp and a space, or nothing for SKW_TIME_NONE. With `nano` it has nine digits.
 * Otherwise the nanoseconds are cut off, not rounded.
 */
void skw_timestamp_print(struct skw_print_clock *clock, enum skw_print_time form, bool nano,
			 uint64_t ts_ns, struct skw_buf *out);

#endif
